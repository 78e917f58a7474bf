/* Discussions. What is posted shows at once and says how far it has come; it waits in this tab
   (sessionStorage, which dies with it) until the server has it, and goes once, in order: the
   message carries an id of its own, and sending it again changes nothing. What others write comes
   by live.js; here the page sees to it that no number is missing. Words come from data-
   attributes. Without this file everything is a plain form. */
(() => {
  'use strict';
  const $ = (sel, at = document) => at.querySelector(sel);
  const $$ = (sel, at = document) => [...at.querySelectorAll(sel)];
  const on = (name, act) => document.addEventListener(name, act);
  const me = document.body.dataset.me;
  const fill = (text, facts) => text.replace(/{(\w+)}/g, (_all, name) => facts[name]);
  const announce = words => { const at = $('#said'); if (at && words) at.textContent = words; };

  /* ---- The list: a row that moved to the top says how much in it is new for this reader ---- */
  const list = $('#threads');
  if (list) {
    const read = new Map($$('li[data-position]', list).map(row => [row.id, +row.dataset.position]));
    const muted = () => ($('[data-mute]')?.dataset.mute || '').split(' ');
    on('live:event', () => $$('li:not([data-position])', list).forEach(row => {
      const number = +row.dataset.number, own = row.dataset.author === me, known = read.has(row.id);
      const quiet = muted().includes(row.id.replace('thread-', ''));
      if (own || !known) read.set(row.id, own ? number : Math.max(0, number - 1));
      row.dataset.position = read.get(row.id);
      const fresh = quiet ? 0 : number - read.get(row.id), said = $('.new-count', row);
      if (list.dataset.box === 'unread' && !fresh || list.dataset.box === 'following' && !known && !own) { row.remove(); return; }
      row.classList.toggle('unread', fresh > 0);
      $('[data-dot]', row).hidden = said.hidden = fresh < 1;
      said.textContent = fresh === 1 ? said.dataset.one : fill(said.dataset.many, {n: fresh});
    }));
  }

  const talk = $('#talk');
  if (!talk) return;
  const words = talk.dataset, whole = $('[data-whole]'), box = $('#outbox');
  const posts = () => $('#posts');
  const rows = () => posts() ? $$('li[data-number]', posts()) : [];
  const last = () => +(rows().at(-1)?.dataset.number || 0);
  const send = frame => !document.dispatchEvent(new CustomEvent('live:send', {detail: frame, cancelable: true}));
  let up = false, downSince = Date.now();

  /* ---- Reading ---- */
  const clock = () => {
    const [hh, mm] = new Date().toLocaleTimeString('en', {hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
      timeZone: document.documentElement.dataset.zone || undefined}).split(':');
    return fill(words.clock, {hh, h: +hh, mm});
  };

  /* A message is drawn once for a whole administration: what in it is one's own is shown here. */
  function settle(row) {
    const own = row.dataset.author === me, fresh = row.dataset.drawn === 'new';
    delete row.dataset.drawn;
    if (own) $$('[data-own]', row).forEach(el => { el.hidden = false; });
    $$('.answer', row).forEach(b => press(b, b.dataset.by.split(' ').includes(me)));
    const quote = $('[data-quote]', row), answered = quote && document.getElementById('p-' + quote.dataset.quote);
    if (answered && !quote.lastElementChild.textContent) {
      quote.lastElementChild.textContent = ($('.prose', answered)?.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 90);
    }
    if (fresh && !own) { row.classList.add('unread'); told++; }
    return fresh;
  }

  function press(b, given) {
    b.setAttribute('aria-pressed', given);
    b.setAttribute('formaction', b.getAttribute('formaction').replace(/on=\d/, given ? 'on=0' : 'on=1'));
  }

  function tidy() {
    $$('[data-link]', talk).forEach(b => { b.hidden = false; });
    $$('[data-until]', talk).forEach(a => { if (Date.parse(a.dataset.until) < Date.now()) a.remove(); });
  }
  tidy();
  setInterval(tidy, 30000);

  let told = 0, soon, below = 0, pinned = false;
  const pill = $('#fresh-below'), atEnd = () => $('#whole').getBoundingClientRect().top < innerHeight + 60;
  const toEnd = () => { $('#whole').scrollIntoView({block: 'end'}); };
  addEventListener('scroll', () => { pinned = atEnd(); if (pinned && pill) { below = 0; pill.hidden = true; } }, {passive: true});
  pill?.addEventListener('click', toEnd);

  function arrived() {
    const stayed = pinned, before = told, fresh = $$('li[data-drawn]', talk).filter(settle).length;
    tidy();
    compare();
    if (fresh && stayed) toEnd();
    else if (told > before && pill) {
      below += told - before;
      pill.textContent = many('new', below);
      pill.hidden = false;
    }
    clearTimeout(soon);
    soon = setTimeout(() => { if (told) announce(many('new', told)); told = 0; reading(); }, 1200);
  }
  const many = (what, n) => n === 1 ? words[what + 'One'] : fill(words[what + 'Many'], {n});

  /* ---- Complete: the numbers of the page follow one another; what is missing is fetched ---- */
  let looking = 0, tries = 0;
  const hole = () => {
    const have = rows().map(row => +row.dataset.number), at = have.findIndex((n, i) => i && n !== have[i - 1] + 1);
    return at < 0 ? 0 : have[at - 1];
  };

  function compare() {
    if (!whole) return;
    const gap = hole();
    if (!gap) { tries = 0; if (up) complete(true); return; }
    complete(false);
    clearTimeout(looking);
    if (tries < 3) looking = setTimeout(() => { tries++; fetchAfter(gap); }, 400 * 3 ** tries);
  }

  function complete(yes) {
    const lost = !yes && tries > 0;
    if (yes) whole.textContent = fill(words.complete, {time: clock()});
    else if (lost) whole.textContent = words.missing;
    whole.classList.toggle('bad', lost);
    $('[data-missing-link]').hidden = !lost;
  }

  async function fetchAfter(number) {
    if (!posts()) return;
    try {
      const r = await fetch(words.url + '?after=' + number, {headers: {'X-Live': 'poll'}});
      if (!r.ok || r.redirected) return;
      const page = new DOMParser().parseFromString(await r.text(), 'text/html');
      for (const row of page.querySelectorAll('.posts > li[data-number]')) {
        if (document.getElementById(row.id)) continue;
        const next = rows().find(other => +other.dataset.number > +row.dataset.number);
        posts().insertBefore(document.adoptNode(row), next || null);
      }
    } catch { /* no link: tried again when there is one */ }
    $('#no-posts')?.remove();
    tidy();
    compare();
    reconcile();
  }

  let marked = last(), reader;
  function reading() {
    clearTimeout(reader);
    if (document.hidden || hole() || last() <= marked) return;
    reader = setTimeout(() => {
      if (document.hidden || last() <= marked) return;
      if (send({t: 'act', c: 'read-' + last(), act: 'discussions.read', data: {thread: words.thread, number: last()}})) marked = last();
    }, 3000);
  }

  /* ---- Who else is here, if this person chose to be seen, too ---- */
  const shows = words.presence === 'on', here = $('#here'), writers = new Map();
  let present = [];
  const nameOf = code => $(`#seen [data-code="${CSS.escape(code)}"]`)?.dataset.name || code;
  const listed = codes => new Intl.ListFormat(document.documentElement.lang).format(codes.map(nameOf));
  const sentence = (what, codes) => codes.length ? fill(words[what + (codes.length === 1 ? 'One' : 'Many')], {names: listed(codes)}) : '';

  function showPresence() {
    const now = Date.now(), writing = [...writers].filter(([, until]) => until > now).map(([code]) => code);
    here.textContent = [sentence('here', present), sentence('typing', writing)].filter(Boolean).join(' ');
    here.hidden = !here.textContent;
  }
  const beHere = yes => shows && send({t: 'here', topic: words.topic, on: yes});
  on('live:here', e => { if (e.detail.topic === words.topic) { present = e.detail.codes.filter(code => code !== words.code); showPresence(); } });
  on('live:typing', e => {
    if (e.detail.topic !== words.topic || e.detail.code === words.code) return;
    writers.set(e.detail.code, Date.now() + 5000);
    showPresence();
    setTimeout(showPresence, 5100);
  });
  on('live:seen', e => {
    const {topic, code, number} = e.detail, cell = $(`#seen [data-code="${CSS.escape(code || '')}"]`);
    if (topic !== words.topic || !cell || number <= +cell.dataset.at) return;
    cell.dataset.at = number;
    cells();
  });
  function cells() {
    const end = last();
    if (!posts() || !end) return;
    $$('#seen [data-code]').forEach(cell => {
      const at = +cell.dataset.at, all = at >= end;
      if (!at) return;
      const said = all ? words.seen : fill(words.seenTo, {n: at});
      cell.classList.remove('done', 'part', 'none');
      cell.classList.add(all ? 'done' : 'part');
      cell.title = $('.vh', cell).textContent = `${cell.dataset.name}: ${said}`;
      $(`#seen [data-listed="${cell.dataset.code}"] .mute`).textContent = said;
    });
    const count = $('[data-seen-count]');
    if (count) count.textContent = $$('#seen .done[data-code]').length;
  }

  on('live:event', e => { if (e.detail.topic === words.topic) { arrived(); reconcile(); writers.clear(); showPresence(); cells(); } });
  on('live:polled', () => { arrived(); reconcile(); });
  on('live:ready', () => { up = true; compare(); beHere(!document.hidden); linked(''); pump(); reading(); });
  on('live:ping', () => { if (whole && !hole()) complete(true); });
  on('live:locked', e => { if (e.detail.topic === words.topic) fetchAfter(last()); });
  on('live:closed', () => { if (up) downSince = Date.now(); up = false; present = []; writers.clear(); showPresence(); lost(); });
  on('visibilitychange', () => { beHere(!document.hidden); if (!document.hidden) reading(); });

  /* Answers without words: pressed at once, drawn by the server for everybody. */
  $('#act').addEventListener('submit', async e => {
    const b = e.submitter;
    if (!up || !b?.classList.contains('answer')) return;
    e.preventDefault();
    const body = new URLSearchParams({[b.name]: b.value}), address = b.getAttribute('formaction'), was = b.getAttribute('aria-pressed') === 'true';
    press(b, !was);
    try {
      const r = await fetch(address, {method: 'POST', body, headers: {'X-CSRFToken': token(), Accept: 'application/json'}});
      if (!r.ok || r.redirected) throw new Error('refused');
      b.closest('details')?.removeAttribute('open');
    } catch { press(b, was); }
  });
  const token = () => $('[name=csrfmiddlewaretoken]').value;

  talk.addEventListener('click', async e => {
    const b = e.target.closest('[data-link]'), answer = e.target.closest('[data-reply]');
    if (b) {
      await navigator.clipboard.writeText($('.t', b.closest('li')).href);
      announce(words.copied);
      b.closest('details').open = false;
    } else if (answer && form && !form.hidden) {
      e.preventDefault();
      answer.closest('details').open = false;
      reply(answer.closest('li'));
    }
  });
  on('click', e => $$('details.more[open]').forEach(d => { if (!d.contains(e.target)) d.open = false; }));
  on('keydown', e => {
    const open = e.key === 'Escape' && $('details.more[open]');
    if (open) { open.open = false; $('summary', open).focus(); }
  });

  /* ---- Writing ---- */
  const form = $('#compose form[data-draft]'), text = form?.elements.text;
  const key = `outbox:${me}:${words.thread}`;
  let queue = [], busy = null, timer, held = '';
  if (!form) return start();
  const said = form.dataset, error = $('#post-error');

  /* What somebody else left in this tab is not sent in this person's name, and not kept. */
  try {
    Object.keys(sessionStorage).filter(k => k.startsWith('outbox:') && !k.startsWith(`outbox:${me}:`)).forEach(k => sessionStorage.removeItem(k));
    queue = JSON.parse(sessionStorage.getItem(key) || '[]');
  } catch { queue = []; }
  queue.forEach(one => { if (one.state === 'sent') one.state = 'kept'; });

  function keep() {
    const left = queue.filter(one => one.state !== 'received');
    try { left.length ? sessionStorage.setItem(key, JSON.stringify(left)) : sessionStorage.removeItem(key); } catch { /* full or forbidden: it lives as long as the page */ }
    draw();
  }

  const newId = () => crypto.randomUUID ? crypto.randomUUID()
    : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

  function setId(id, version = 0) {
    const was = form.elements.message.value, upload = $('#compose form[data-upload]');
    form.elements.message.value = form.dataset.draft = id;
    form.elements.version.value = version;
    if (upload) upload.setAttribute('action', upload.getAttribute('action').replace(was, id));
  }

  function empty() {
    text.value = '';
    noReply();
    $('#files').replaceChildren();
    $('#attachments').open = false;
    setId(newId());
  }

  form.addEventListener('submit', e => {
    e.preventDefault();
    suggest([]);
    const typed = text.value.trim();
    error.hidden = !!typed || !!$('#files').children.length;
    if (!error.hidden) { error.textContent = said.empty; text.focus(); return; }
    queue.push({id: form.elements.message.value, text: typed, reply: +form.elements.reply_to.value || 0, state: 'kept', tries: 0});
    empty();
    keep();
    toEnd();
    text.focus();
    pump();
  });

  function make(tag, props = {}, ...inside) {
    const el = Object.assign(document.createElement(tag), props);
    el.append(...inside);
    return el;
  }

  function draw() {
    box.hidden = !queue.length;
    box.replaceChildren(...queue.map(entry));
    if (queue.some(one => one.state !== 'received')) form.dataset.dirty = '';
    else if (!text.value) delete form.dataset.dirty;
  }

  function entry(one) {
    const state = {kept: said.kept, sent: said.onTheWay, received: said.received, refused: ''}[one.state];
    const row = make('li', {className: 'post waiting ' + one.state},
      make('span', {className: 'code mono', textContent: words.code}),
      make('p', {className: 'by'}, make('b', {textContent: words.label}), make('span', {className: 'way', textContent: one.state === 'kept' && held || state})),
      make('div', {className: 'prose typed', textContent: one.text}));
    row.dataset.entry = one.id;
    if (one.state === 'refused') {
      const button = (label, act) => { const b = make('button', {type: 'button', className: 'btn quiet', textContent: label}); b.addEventListener('click', act); return b; };
      row.append(make('p', {className: 'error'}, fill(said.refused, {why: one.why})), make('p', {className: 'row'},
        button(said.backToBox, () => back(one)),
        button(said.again, () => { one.state = 'kept'; keep(); pump(); }),
        button(said.discard, () => { drop(one); pump(); })));
    }
    return row;
  }

  function drop(one) {
    queue = queue.filter(other => other !== one);
    if (busy === one) free();
    keep();
  }

  function back(one) {
    text.value = text.value ? `${one.text}\n\n${text.value}` : one.text;
    form.elements.reply_to.value = one.reply;
    setId(one.id);
    drop(one);
    text.dispatchEvent(new Event('input', {bubbles: true}));
    text.focus();
    pump();
  }

  /* One at a time and in order. By the socket; without one, after a moment, by a plain request. */
  const acts = [];
  function pump() {
    clearTimeout(timer);
    const one = queue.find(other => other.state !== 'received');
    if (busy || !one || one.state === 'refused') return;
    if ('keeping' in form.dataset) { timer = setTimeout(pump, 150); return; }
    const now = Date.now(), frame = {t: 'act', c: one.id, act: 'discussions.post', data: {thread: words.thread, message: one.id, text: one.text, reply_to: one.reply}};
    while (acts[0] < now - 60000) acts.shift();
    const fits = acts.length < 13 && new Blob([JSON.stringify(frame)]).size < 15000;
    if (up && fits && send(frame)) {
      acts.push(now);
      busy = one;
      going(one);
      timer = setTimeout(() => { free(); pump(); }, 15000);
    } else if (navigator.onLine && (up || now - downSince > 4000)) byForm(one);
    else timer = setTimeout(pump, 2000);
  }

  function going(one) {
    one.tries++;
    one.state = 'sent';
    keep();
  }

  function free() {
    if (busy?.state === 'sent') busy.state = 'kept';
    busy = null;
  }

  function lost() {
    if (!form) return;
    free();
    linked(navigator.onLine ? said.wait : said.off);
    keep();
    clearTimeout(timer);
    timer = setTimeout(pump, 4100);
  }

  function linked(sentence) {
    const at = $('#link-state');
    if (at) at.textContent = sentence;
    if (!sentence) held = '';
  }

  function received(one) {
    one.state = 'received';
    if (busy === one) busy = null;
    keep();
    document.dispatchEvent(new Event('iswg:acted'));
    if (!posts() && queue.every(other => other.state === 'received')) { location.assign(words.url); return; }
    reconcile();
    setTimeout(() => { if (queue.includes(one)) fetchAfter(last()); }, up ? 3000 : 0);
    pump();
  }

  function refused(one, why) {
    one.state = 'refused';
    one.why = why;
    if (busy === one) busy = null;
    keep();
    announce(fill(said.refused, {why}));
  }

  on('live:ack', e => { if (busy && e.detail.c === busy.id) { clearTimeout(timer); received(busy); } });
  on('live:refused', e => { if (busy && e.detail.c === busy.id) { clearTimeout(timer); refused(busy, e.detail.reason); } });

  async function byForm(one, again) {
    busy = one;
    if (!again) going(one);
    try {
      const body = new URLSearchParams({message: one.id, text: one.text, reply_to: one.reply});
      const r = await fetch(form.getAttribute('action'), {method: 'POST', body, headers: {'X-CSRFToken': token(), Accept: 'application/json'}});
      const answer = r.headers.get('Content-Type')?.includes('json') ? await r.json() : {};
      if (r.ok && answer.number) { held = ''; received(one); return; }
      if (r.status === 403 && !answer.error && !again && await renewed()) { byForm(one, true); return; }
      if (r.redirected || r.status === 401 || r.status === 403 && !answer.error) later(answer.error || said.signedOut, 10000);
      else if (r.status === 429 || r.status >= 500) later('', 5000);
      else refused(one, answer.error || said.gone);
    } catch { later('', 3000); }
  }

  function later(sentence, wait) {
    free();
    held = sentence;
    if (sentence) { linked(sentence); announce(sentence); }
    keep();
    timer = setTimeout(pump, wait);
  }

  /* Who signed in again in another tab has another token; this page, loaded once more, has it. */
  async function renewed() {
    const r = await fetch(words.url, {headers: {'X-Live': 'poll'}});
    if (!r.ok || r.redirected) return false;
    const fresh = new DOMParser().parseFromString(await r.text(), 'text/html').querySelector('[name=csrfmiddlewaretoken]');
    if (fresh) $$('[name=csrfmiddlewaretoken]').forEach(el => { el.value = fresh.value; });
    return !!fresh;
  }

  /* What the server has drawn is there: the line on the way goes. What has the id of something
     that another tab sent, and was never sent from here, is another message: it gets an id. */
  function reconcile() {
    if (!form) return;
    const there = new Set($$('li[data-message]', talk).map(row => row.dataset.message));
    const before = queue.length;
    queue = queue.filter(one => {
      if (!there.has(one.id)) return true;
      if (!one.tries) { one.id = newId(); return true; }
      if (busy === one) { clearTimeout(timer); busy = null; }
      return false;
    });
    if (there.has(form.elements.message.value)) { if ('dirty' in form.dataset) setId(newId()); else empty(); }
    if (queue.length !== before) { keep(); pump(); }
  }

  /* Answering a message, with the words that are marked or all of them. */
  function reply(row) {
    const marked = getSelection(), inside = marked.rangeCount && row.contains(marked.anchorNode) && String(marked).trim();
    const quote = (inside || $('.prose', row)?.innerText || '').trim().slice(0, 600);
    form.elements.reply_to.value = row.dataset.number;
    $('#answering span').textContent = fill(said.answering, {n: row.dataset.number, name: $('.by b', row).textContent});
    $('#answering').hidden = false;
    if (quote) text.value = quote.split('\n').map(line => `> ${line}`.trimEnd()).join('\n') + '\n\n' + text.value;
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
    text.dispatchEvent(new Event('input', {bubbles: true}));
  }
  function noReply() {
    form.elements.reply_to.value = 0;
    $('#answering').hidden = true;
  }
  $('[data-no-reply]').hidden = false;
  $('[data-no-reply]').addEventListener('click', () => { noReply(); text.focus(); text.dispatchEvent(new Event('input', {bubbles: true})); });
  document.addEventListener('keydown', e => {
    const row = e.key === 'r' && !e.ctrlKey && !e.metaKey && !e.altKey && document.body.dataset.keys !== 'off' && document.activeElement?.closest('.posts > li[data-message]');
    if (!row || !$('[data-reply]', row) || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    e.preventDefault();
    e.stopPropagation();
    reply(row);
  }, true);

  /* @: names of who takes part, by arrows and Enter. */
  const names = $('#names'), people = $$('#who option').map(o => ({label: o.value, code: o.textContent}));
  const plain = s => s.normalize('NFKD').replace(/[\u0300-\u036f\u02bb\u02bc'\u2019\u2018`]/g, '').toLowerCase();
  const call = () => /(?:^|[\s(>])@([^@\n]{0,40})$/.exec(text.value.slice(0, text.selectionStart));
  let chosen = 0;
  text.setAttribute('aria-autocomplete', 'list');
  text.setAttribute('aria-controls', 'names');

  function suggest(found) {
    const fresh = found.length && names.children.length !== found.length;
    names.replaceChildren(...found.map((one, i) => {
      const row = make('li', {id: 'name-' + i}, one.label);
      row.setAttribute('role', 'option');
      if (!one.code.startsWith('user:')) row.prepend(make('span', {className: 'mono', textContent: one.code}), ' ');
      row.addEventListener('mousedown', e => { e.preventDefault(); take(one); });
      return row;
    }));
    names.hidden = !found.length;
    names.found = found;
    chosen = 0;
    choose(0);
    if (fresh) announce(found.length === 1 ? words.suggestedOne : fill(words.suggestedMany, {n: found.length}));
  }
  function choose(step) {
    const all = [...names.children];
    chosen = all.length ? (chosen + step + all.length) % all.length : 0;
    all.forEach((row, i) => row.setAttribute('aria-selected', i === chosen));
    if (all.length) text.setAttribute('aria-activedescendant', 'name-' + chosen); else text.removeAttribute('aria-activedescendant');
  }
  function take(one) {
    const end = text.selectionStart, start = end - call()[1].length;
    text.setRangeText(one.label + ' ', start, end, 'end');
    suggest([]);
    text.dispatchEvent(new Event('input', {bubbles: true}));
  }
  let typedAt = 0;
  text.addEventListener('input', () => {
    error.hidden = true;
    const found = call(), asked = found && plain(found[1]);
    const fits = one => plain(one.label).split(/\s+/).some((_w, i, all) => all.slice(i).join(' ').startsWith(asked)) || one.code.toLowerCase() === asked;
    suggest(found ? people.filter(fits).slice(0, 6) : []);
    if (shows && text.value && Date.now() - typedAt > 3000 && send({t: 'typing', topic: words.topic})) typedAt = Date.now();
  });
  text.addEventListener('keydown', e => {
    if (names.hidden || e.isComposing) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') choose(e.key === 'ArrowDown' ? 1 : -1);
    else if ((e.key === 'Enter' || e.key === 'Tab') && !e.ctrlKey && !e.metaKey && !e.shiftKey) take(names.found[chosen]);
    else if (e.key === 'Escape') suggest([]);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  text.addEventListener('blur', () => setTimeout(() => suggest([]), 200));

  /* A phone's keyboard lies over the page: what is written in stays above it. */
  const view = window.visualViewport;
  view?.addEventListener('resize', () => {
    const under = Math.max(0, innerHeight - view.height - view.offsetTop);
    document.documentElement.style.setProperty('--keyboard', (under > 80 ? under : 0) + 'px');
  });

  addEventListener('beforeunload', e => { if (queue.some(one => one.state !== 'received')) e.preventDefault(); });
  start();

  function start() {
    if (form) { reconcile(); keep(); setTimeout(pump, 4100); }
    const first = $('#new');
    if (!location.hash && first) first.scrollIntoView({block: 'center'});
    else if (!location.hash && posts() && rows().length > 4) toEnd();
    pinned = atEnd();
  }
})();
