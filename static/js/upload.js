/* Files in pieces of 64 KiB: the server says how far it got, a lost link goes on from there, and
   progress is told in words. One piece after another: each waits for the last one's answer, so the
   server never holds more than one. Whoever was signed out signs in in another tab and goes on.
   What a page that was closed left unfinished is in the list, and goes on when the same file is
   chosen again: all that has arrived is compared first, by digests.
   Words come from the form's data- attributes. */
(() => {
  'use strict';
  const PIECE = 65536, ABANDON = 8, ANEW = 3, CHECKING = 2000;
  const sleep = ms => new Promise(r => setTimeout(r, ms));

  document.querySelectorAll('form[data-upload]').forEach(form => {
    const words = form.dataset, list = document.querySelector(words.list);
    const picker = form.querySelector('input[type=file]'), button = form.querySelector('button');
    const head = () => ({'X-CSRFToken': form.elements.csrfmiddlewaretoken.value, Accept: 'application/json'});
    const fill = (text, done, size) => text.replace('{done}', amount(done, size)).replace('{size}', amount(size, size));
    let queue = Promise.resolve(), going = 0;

    /* Both figures in the unit of the whole: "1.5 MB of 3.0 MB". */
    function amount(n, size) {
      const lang = document.documentElement.lang, mega = size >= 999500, n1 = mega ? n / 1e6 : n / 1e3;
      const digits = mega ? 1 : 0;
      return words[mega ? 'mb' : 'kb'].replace('{n}', n1.toLocaleString(lang, {minimumFractionDigits: digits, maximumFractionDigits: digits}));
    }

    form.hidden = false;
    button.hidden = true;
    picker.addEventListener('change', () => {
      [...picker.files].forEach(add);
      picker.value = '';
    });
    form.addEventListener('submit', e => e.preventDefault());
    for (const b of list.querySelectorAll('[data-continue]')) {
      b.hidden = false;
      b.addEventListener('click', () => picker.click());
    }

    /* What may be the beginning of this file: of its size, and rather of its name. */
    function begunBefore(file) {
      const rows = [...list.querySelectorAll('[data-unfinished]:not([hidden])')].filter(row => +row.dataset.size === file.size);
      return rows.find(row => row.dataset.name === file.name) || rows[0];
    }

    function make(tag, props = {}, ...inside) {
      const el = Object.assign(document.createElement(tag), props);
      el.append(...inside);
      return el;
    }

    function add(file) {
      const bar = make('progress', {max: file.size || 1, value: 0});
      const said = make('span', {className: 'about'});
      const pause = make('button', {type: 'button', className: 'btn quiet', textContent: words.pause});
      const remove = make('button', {type: 'button', className: 'btn quiet', textContent: words.remove});
      const hold = make('span', {className: 'row'}, pause, remove);
      const row = make('li', {className: 'file'}, make('span'), make('span', {className: 'name', textContent: file.name}), hold, bar, said);
      for (const b of [pause, remove]) b.append(make('span', {className: 'vh', textContent: ' ' + file.name}));
      bar.setAttribute('aria-label', file.name);
      const begun = crypto.subtle && begunBefore(file);
      const job = {file, row, bar, said, pause, begun, at: 0, url: '', stopped: false, gone: false, told: 0, anew: 0};
      pause.addEventListener('click', () => job.stopped ? resume(job) : halt(job, words.resume, words.paused));
      remove.addEventListener('click', () => drop(job));
      if (begun) { begun.hidden = true; begun.after(row); } else list.append(row);
      said.textContent = words.queued;
      line(job);
    }

    /* One after another; a file that is paused leaves the line, and joins its end when resumed. */
    function line(job) {
      going++;
      form.dataset.dirty = '';
      queue = queue.then(() => send(job)).finally(() => { if (--going === 0) delete form.dataset.dirty; });
    }

    function halt(job, button, text) {
      job.stopped = true;
      label(job, button);
      tell(job, text);
      aloud(job, job.said.textContent);
    }

    function resume(job) {
      job.stopped = false;
      job.lost = true;
      label(job, words.pause);
      job.said.textContent = words.queued;
      if (!job.sending) line(job);
    }

    const label = (job, text) => { job.pause.firstChild.textContent = text; };
    /* Progress is for the eye and in the bar's value; only turns of events are read out. */
    const aloud = (job, text) => { document.getElementById('said').textContent = job.file.name + ': ' + text; };
    const tell = (job, text) => { job.bar.value = job.at; job.said.textContent = fill(text, job.at, job.file.size); };

    async function drop(job) {
      job.gone = true;
      job.row.remove();
      if (job.begun) job.begun.hidden = false;
      picker.focus();
      if (job.url) try { await fetch(job.url, {method: 'DELETE', headers: head()}); } catch { /* swept up later */ }
    }

    function fail(job, sentence) {
      job.bar.remove();
      job.pause.remove();
      job.said.classList.add('error');
      job.said.textContent = sentence ? words.why.replace('{why}', () => sentence) : words.failed;
      aloud(job, job.said.textContent);
    }

    /* A page instead of JSON is a sign-in page, or a refusal because somebody signed in meanwhile and
       this page's token is of the session before. Asking how far it is brings a new token. */
    async function ask(method, url, extra) {
      const r = await fetch(url, {method, ...extra, headers: {...head(), ...extra?.headers}});
      const json = r.headers.get('Content-Type')?.includes('json'), answer = json ? await r.json() : {};
      if (answer.token) document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(el => { el.value = answer.token; });
      if (json && (r.ok || r.status === 409 && answer.offset !== undefined)) return answer;
      const passing = r.status >= 500 || r.status === 429 || !json && (r.ok || r.status === 403);
      throw Object.assign(new Error('refused'), {held: r.status === 401, final: !passing, sentence: answer.error});
    }

    /* The digest of the digests of the pieces up to here. */
    async function digestTo(file, end) {
      const parts = new Uint8Array(end / PIECE * 32);
      for (let at = 0; at < end; at += PIECE) {
        parts.set(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.slice(at, at + PIECE).arrayBuffer())), at / PIECE * 32);
      }
      return [...new Uint8Array(await crypto.subtle.digest('SHA-256', parts))].map(n => n.toString(16).padStart(2, '0')).join('');
    }

    /* Is what arrived before the beginning of the file that was chosen now? Then that one goes on. */
    async function compare(job) {
      const {file, begun} = job, url = begun.dataset.unfinished;
      tell(job, words.comparing);
      const {offset, done} = await ask('GET', url).catch(e => { if (e.final && !e.held) return {done: true}; throw e; });
      let same = !done && offset === 0;
      if (!done && offset && offset % PIECE === 0) {
        const body = new URLSearchParams({digest: await digestTo(file, offset)});
        same = (await ask('POST', url, {headers: {'Upload-Offset': offset}, body})).same;
      }
      job.begun = null;
      begun.hidden = false;
      if (!same) return;
      begun.remove();
      job.url = url;
      job.at = offset;
    }

    async function step(job) {
      const {file} = job;
      if (job.begun) await compare(job);
      if (job.lost) {
        const a = await ask('GET', job.url || form.action);
        job.lost = false;
        if (job.url) moved(job, a.offset);
        if (a.done) return a;
      }
      if (!job.url) {
        const a = await ask('POST', form.action, {body: new URLSearchParams({name: file.name, size: file.size})});
        job.url = a.url;
        job.at = a.offset || 0;
        if (a.page) history.replaceState(null, '', a.page + location.hash);
      }
      if (job.at >= file.size) {
        tell(job, words.checking);
        job.lost = true;
        await sleep(CHECKING);
        return {checking: true};
      }
      const to = Math.min(file.size, (Math.floor(job.at / PIECE) + 1) * PIECE);
      const a = await ask('PUT', job.url, {headers: {'Upload-Offset': job.at, 'Content-Type': 'application/octet-stream'},
        body: await file.slice(job.at, to).arrayBuffer()});
      moved(job, a.offset);
      return a;
    }

    /* The server may ask for all of it again, if its own copy was lost; but not for ever. */
    function moved(job, offset) {
      if (offset < job.at && ++job.anew > ANEW) throw Object.assign(new Error('again'), {final: true});
      job.at = offset;
    }

    async function send(job) {
      job.sending = true;
      for (let tries = 0; !job.gone && !job.stopped;) {
        try {
          const answer = await step(job);
          tries = 0;
          if (answer.done) { finish(job, answer); break; }
          if (!answer.checking) told(job);
        } catch (e) {
          if (e.final && !e.held) { fail(job, e.sentence); break; }
          job.lost = true;
          if (job.stopped) break;
          if (e.held) { halt(job, words.resume, e.sentence || words.paused); break; }
          if (++tries > ABANDON) { halt(job, words.again, words.paused); break; }
          tell(job, e.sentence || words.wait);
          await sleep(Math.random() * Math.min(30000, 500 * 2 ** tries));
        }
      }
      job.sending = false;
    }

    /* Not more often than an ear can follow; and sending is an act that keeps the session. */
    function told(job) {
      if (job.stopped || Date.now() - job.told < 700) return;
      job.told = Date.now();
      tell(job, words.said);
      document.dispatchEvent(new Event('iswg:acted'));
    }

    function finish(job, answer) {
      tell(job, words.done);
      aloud(job, answer.error || job.said.textContent);
      if (!answer.html) { job.bar.remove(); job.pause.remove(); return; }
      const box = document.createElement('template');
      box.innerHTML = answer.html;
      job.row.replaceWith(box.content);
    }
  });
  addEventListener('beforeunload', e => { if (document.querySelector('form[data-upload][data-dirty]')) e.preventDefault(); });
})();
