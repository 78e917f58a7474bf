/* The live room. What happens comes by live.js; here buttons go without loading the page, the
   clock goes on, and notes are kept as they are typed, with what others typed meanwhile. Words come
   from data- attributes. Without this file everything is a plain page. */
(() => {
  'use strict';
  const $ = (sel, at = document) => at.querySelector(sel);
  const $$ = (sel, at = document) => [...at.querySelectorAll(sel)];
  const on = (name, act) => document.addEventListener(name, act);
  const room = $('#room'), words = room.dataset;
  const fill = (text, facts) => text.replace(/{(\w+)}/g, (_all, name) => facts[name]);
  let up = false;

  const clockOf = pattern => {
    const [hh, mm] = new Date().toLocaleTimeString('en', {hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
      timeZone: document.documentElement.dataset.zone || undefined}).split(':');
    return fill(pattern, {hh, h: +hh, mm});
  };

  function complain(sentence) {
    const note = document.createElement('p'), text = document.createElement('span');
    note.className = 'note bad';
    text.textContent = sentence || words.failed;
    note.append(text);
    $('#told')?.replaceChildren(note);
    note.scrollIntoView({block: 'nearest'});
  }

  /* ---- Buttons: over the socket where it carries them, else by a request; the page stays ---- */
  const asked = new Map();
  $('#act')?.addEventListener('submit', async e => {
    const b = e.submitter;
    if (!b) return;
    e.preventDefault();
    const address = new URL(b.getAttribute('formaction'), location.href);
    const facts = {meeting: words.ref, ...Object.fromEntries(address.searchParams), [b.name]: b.value};
    const c = `${Date.now()}-${Math.random()}`;
    if (b.dataset.act && up && !document.dispatchEvent(new CustomEvent('live:send', {cancelable: true,
      detail: {t: 'act', c, act: b.dataset.act, data: facts}}))) {
      asked.set(c, setTimeout(() => { if (asked.delete(c)) press(b, address); }, 8000));
      return;
    }
    await press(b, address);
  });

  /* What is typed in a form belongs to the item that was on the screen when it was begun; or to the
     one that this very page has called, though it is not there yet. */
  let called = null;
  function under() {
    const shown = $('#room-item')?.dataset.item || '';
    if (called && called.from !== shown) called = null;
    $$('#decide form, #take form').forEach(f => { if (!$('textarea', f).value) $('[name$=-item]', f).value = called ? called.item : shown; });
  }

  async function press(b, address) {
    if (b.dataset.calls) { called = {item: b.dataset.calls, from: $('#room-item')?.dataset.item || ''}; under(); }
    try {
      // Kept alive: a form that is being sent loads the page, and what was pressed just then counts.
      const r = await fetch(address, {method: 'POST', keepalive: true, body: new URLSearchParams({[b.name]: b.value}),
        headers: {'X-CSRFToken': $('#act [name=csrfmiddlewaretoken]').value, Accept: 'application/json'}});
      const json = r.headers.get('Content-Type')?.includes('json');
      if (r.ok && json && !up) again();
      else if (!r.ok || !json) { called = null; under(); complain(json ? (await r.json()).error : ''); }
      document.dispatchEvent(new Event('iswg:acted'));
    } catch { called = null; under(); complain(''); }
  }
  on('live:ack', e => { clearTimeout(asked.get(e.detail.c)); asked.delete(e.detail.c); });
  on('live:refused', e => {
    const c = e.detail.c;
    if (asked.has(c)) { clearTimeout(asked.get(c)); asked.delete(c); complain(e.detail.reason); }
    if (e.detail.topic === words.topic) again();
  });

  /* ---- The clock: by the server's time, whatever this device slept through ---- */
  let ahead = 0, ticked = Date.now();
  function hear(now) { ahead = now * 1000 - Date.now(); }
  function tick() {
    if (Date.now() - ticked > 90000) ask();
    ticked = Date.now();
    const box = $('#room-clock');
    if (!box) return;
    const {started, planned, within, over} = box.dataset;
    const n = Math.max(0, Math.floor((Date.now() + ahead - started * 1000) / 60000)), late = n - planned;
    const text = fill(late > 0 ? over : within, {n, m: planned, over: late}), said = $('[data-clock]', box);
    if (said.textContent !== text) said.textContent = text;
    $('progress', box).value = Math.min(n, planned);
    box.classList.toggle('over', late >= 0);
  }
  async function ask() {
    try {
      const r = await fetch(words.clockUrl, {headers: {'X-Live': 'poll', Accept: 'application/json'}});
      if (r.ok && !r.redirected) hear((await r.json()).now);
      tick();
    } catch { /* no link: it goes on by this device's clock */ }
  }
  const box = $('#room-clock');
  if (box) hear(box.dataset.now);
  setInterval(tick, 5000);
  on('visibilitychange', () => { if (!document.hidden) { ask(); keep(); } else keep(true); });

  /* ---- What a fragment cannot know: which of it is this person's own ---- */
  const own = $('#room-me');
  function settle() {
    const fresh = $('#room-clock[data-now]');
    if (fresh) { hear(fresh.dataset.now); delete fresh.dataset.now; tick(); }
    if (own) {
      const me = `[data-user="${CSS.escape(own.dataset.me)}"]`;
      const here = !!$(`#room-attendance [data-here]${me}`), hand = !!$(`#room-hands ${me}`);
      for (const [when, shown] of [['here', here], ['away', !here], ['up', hand], ['down', !hand]]) {
        $$(`[data-when=${when}]`, own).forEach(b => {
          b.hidden = !shown;
          if (b.name === 'hand') { if (shown) b.dataset.key = 'h'; else delete b.dataset.key; }
        });
      }
    }
    const state = $('#room-state')?.dataset.state;
    if (state && state !== words.state) { words.state = state; again(); }
    const item = $('#room-item')?.dataset.item, form = $('#notes');
    under();
    if (own && item && item !== form?.dataset.item) moved();
    else if (form && item) $('#notes-moved').hidden = true;
  }
  /* The page again; but never under somebody who is writing. */
  function again() {
    if ($('form[data-dirty]') || $('details[open] form :is(textarea, input:not([type=hidden])):focus')) { $('#stale')?.removeAttribute('hidden'); return; }
    if ([...$$('#decide textarea, #take textarea')].some(t => t.value !== t.defaultValue)) return;
    location.reload();
  }
  new MutationObserver(settle).observe(room, {childList: true, subtree: true});
  const asOf = $('#as-of');
  const fresh = () => { if (asOf) asOf.textContent = fill(asOf.dataset.words, {time: clockOf(asOf.dataset.clock)}); };
  on('live:ready', () => { up = true; fresh(); keep(); });
  on('live:closed', () => { up = false; });
  on('live:ping', fresh);
  on('live:polled', fresh);
  on('live:event', fresh);

  /* At once, not when the browser says so: the next key that is pressed is a word already. */
  $$('#decide, #take').forEach(d => $('summary', d).addEventListener('click', e => {
    e.preventDefault();
    d.open = !d.open;
    if (d.open) $('textarea', d).focus();
  }));

  /* ---- Notes: kept after three quiet seconds; others' lines come in where they wrote them ---- */
  let text = '', revision = 0, missed = 0, forked = false, busy = false, timer = 0, said, refused = false;
  const lines = t => t.split('\n');
  const area = () => { const a = $('#notes_words'); return a?.tagName === 'TEXTAREA' ? a : null; };
  const stash = () => 'notes:' + $('#notes').action;
  const tell = (name, facts = {}) => { if (said) said.textContent = fill(said.dataset[name], facts); };
  const dirty = () => area() && area().value !== text;

  function adopt() {
    const form = $('#notes');
    if (!form) return;
    revision = +form.dataset.revision;
    forked = refused = false;
    said = $('#notes-said');
    if (!area()) return;
    text = area().defaultValue;
    $('[data-plain]', form).hidden = false;
    form.addEventListener('submit', e => { e.preventDefault(); refused = false; keep(); });
    area().addEventListener('input', typed);
    area().addEventListener('blur', () => keep());
    try {
      const held = JSON.parse(sessionStorage.getItem(stash()) || 'null');
      if (held?.words === text) sessionStorage.removeItem(stash());
      else if (held) { area().value = held.words; [text, revision] = [held.text, held.revision]; forked = true; tell('restored'); typed(); }
    } catch { /* forbidden, or not ours */ }
  }
  function typed() {
    const form = $('#notes');
    if (dirty()) form.dataset.dirty = ''; else delete form.dataset.dirty;
    if (!dirty()) return;
    try { sessionStorage.setItem(stash(), JSON.stringify({words: area().value, text, revision})); } catch { /* the server has it soon */ }
    if (refused) return;
    tell('typing');
    clearTimeout(timer);
    timer = setTimeout(keep, 3000);
  }

  async function keep(leaving) {
    clearTimeout(timer);
    timer = 0;
    if (!dirty() || busy || refused) return;
    const form = $('#notes'), sent = area().value;
    const body = new URLSearchParams({words: sent, base: revision, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value});
    // Typed on while a merged text was on its way: what it was typed over is not that revision.
    if (forked) body.set('former', text);
    busy = true;
    try {
      const r = await fetch(form.action, {method: 'POST', body, keepalive: leaving === true && body.toString().length < 60000,
        headers: {Accept: 'application/json'}});
      const answer = r.headers.get('Content-Type')?.includes('json') ? await r.json() : {};
      if (form === $('#notes')) answered(r, answer, sent);
    } catch { later(); } finally { busy = false; }
    if (dirty() && !refused && !timer) timer = setTimeout(keep, 3000);
    else if (!dirty() && missed > revision) refresh();
  }
  function later(sentence) {
    if (sentence) said.textContent = sentence; else tell('failed');
    clearTimeout(timer);
    timer = setTimeout(keep, 10000);
  }
  function answered(r, answer, sent) {
    if (r.ok && answer.revision !== undefined) {
      revision = answer.revision;
      const idle = area().value === sent;
      if (idle) { show(answer.words); text = answer.words; forked = false; }
      else { text = sent; forked = answer.words !== sent; }
      if (!dirty()) { try { sessionStorage.removeItem(stash()); } catch { /* the same */ } delete $('#notes').dataset.dirty; }
      tell('kept', {time: clockOf(said.dataset.clock)});
      document.dispatchEvent(new Event('iswg:acted'));
    } else if (r.status === 409 && answer.both !== undefined) clash(answer);
    else if (r.status === 401 || !answer.sentence) renew(answer.sentence || answer.error);
    else { refused = true; said.textContent = answer.sentence; }
  }
  /* The token may be of a session before: this very page has the present one. */
  async function renew(sentence) {
    later(sentence);
    try {
      const r = await fetch(location.href, {headers: {'X-Live': 'poll'}});
      if (!r.ok || r.redirected) return;
      const token = new DOMParser().parseFromString(await r.text(), 'text/html').querySelector('[name=csrfmiddlewaretoken]');
      if (token) $$('[name=csrfmiddlewaretoken]').forEach(el => { el.value = token.value; });
    } catch { /* later */ }
  }

  /* The same lines were changed: both are shown, and this person puts them together. */
  function clash(answer) {
    const box = $('#notes-clash');
    refused = true;
    $('[data-sentence]', box).textContent = answer.sentence;
    $('[data-theirs]', box).textContent = answer.words;
    box.hidden = false;
    const settleWith = value => {
      show(value);
      [text, revision, forked, refused] = [answer.words, answer.revision, false, false];
      box.hidden = true;
      area().focus();
      typed();
    };
    const mine = area().value;
    $('[data-both]', box).onclick = () => settleWith(area().value === mine ? answer.both : answer.words + '\n' + area().value);
    $('[data-mine]', box).onclick = () => settleWith(area().value);
  }

  /* Another text in the box, with the caret where the person has it. */
  function show(value) {
    const a = area(), old = a.value;
    let start = 0, end = 0;
    const most = Math.min(old.length, value.length);
    while (start < most && old[start] === value[start]) start++;
    while (end < most - start && old[old.length - 1 - end] === value[value.length - 1 - end]) end++;
    const top = a.scrollTop;
    if (old !== value) a.setRangeText(value.slice(start, value.length - end), start, old.length - end, 'preserve');
    a.scrollTop = top;
  }

  /* What others changed. Over what is being typed nothing is put: the server puts it together. */
  function others() {
    for (const piece of $$('#notes-in > i')) {
      const {item, base, revision: fresh, start, upto, lines: count, who} = piece.dataset, form = $('#notes');
      piece.remove();
      if (!form || item !== form.dataset.item || +fresh <= revision) continue;
      missed = Math.max(missed, +fresh);
      if (busy || dirty() || +base !== revision) {
        if (!busy && !dirty()) refresh();
        continue;
      }
      const kept = lines(area() ? text : $('#notes_words').textContent);
      kept.splice(+start, upto - start, ...(+count ? lines(piece.textContent) : []));
      put(kept.join('\n'), +fresh);
      tell('others', {name: who});
    }
  }
  function put(value, fresh) {
    if (area()) show(value); else $('#notes_words').textContent = value;
    [text, revision, forked] = [value, fresh, false];
    if (area()) area().defaultValue = value;
  }
  /* A number is missing: the notes as they stand. */
  async function refresh(address = $('#notes').action) {
    try {
      const r = await fetch(address, {headers: {'X-Live': 'poll'}});
      if (!r.ok || r.redirected || busy || dirty()) return;
      const page = new DOMParser().parseFromString(await r.text(), 'text/html'), part = page.querySelector('#room-notes');
      if (!part) return;
      $('#room-notes').replaceWith(document.adoptNode(part));
      adopt();
    } catch { /* asked again with the next change */ }
  }
  /* Another item was called: its notes come, unless somebody is writing. */
  function moved() {
    const a = area(), pinned = new URLSearchParams(location.search).has('notes');
    if (dirty() || busy || pinned || a && document.activeElement === a) { $('#notes-moved')?.removeAttribute('hidden'); return; }
    if (moving === $('#room-item').dataset.item) return;
    moving = $('#room-item').dataset.item;
    refresh(words.notesUrl.replace(/0{8}[-0]+/, moving));
  }
  let moving = '';
  on('live:event', others);
  on('live:polled', () => { if ($('#notes') && !dirty() && !busy) refresh(); });
  on('iswg:flush', () => keep(true));
  addEventListener('pagehide', () => keep(true));
  addEventListener('online', () => { keep(); });
  adopt();
  settle();
})();
