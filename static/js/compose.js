/* Writing in a discussion. What is posted shows at once and says how far it has come; it waits in
   this tab (sessionStorage, which dies with it) until the server has it, and goes once, in order:
   a message carries an id of its own, and sending it again changes nothing. threads.js reads.
   Words come from data- attributes. Without this file the composer is a plain form. */
(() => {
  'use strict';
  const $ = (sel, at = document) => at.querySelector(sel);
  const $$ = (sel, at = document) => [...at.querySelectorAll(sel)];
  const on = (name, act) => document.addEventListener(name, act);
  const tell = name => document.dispatchEvent(new Event(name));
  const me = document.body.dataset.me, talk = $('#talk'), box = $('#outbox');
  const fill = (text, facts) => text.replace(/{(\w+)}/g, (_all, name) => facts[name]);
  const announce = words => { const at = $('#said'); if (at && words) at.textContent = words; };
  const send = frame => !document.dispatchEvent(new CustomEvent('live:send', {detail: frame, cancelable: true}));
  const token = () => $('[name=csrfmiddlewaretoken]').value;
  const form = $('#compose form[data-draft]');
  if (!form) return;
  const text = form.elements.text, words = talk.dataset, said = form.dataset, error = $('#post-error');
  const key = `outbox:${me}:${words.thread}`;
  let queue = [], busy = null, timer, held = '', up = false, downSince = Date.now();

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
    const typed = text.value.trim();
    error.hidden = !!typed || !!$('#files').children.length;
    if (!error.hidden) { error.textContent = said.empty; text.focus(); return; }
    queue.push({id: form.elements.message.value, text: typed, reply: +form.elements.reply_to.value || 0, state: 'kept', tries: 0});
    empty();
    keep();
    tell('talk:end');
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
    if (!$('#posts') && queue.every(other => other.state === 'received')) { location.assign(words.url); return; }
    reconcile();
    setTimeout(() => { if (queue.includes(one)) tell('talk:look'); }, up ? 3000 : 0);
    pump();
  }

  function refused(one, why) {
    one.state = 'refused';
    one.why = why;
    if (busy === one) busy = null;
    keep();
    announce(fill(said.refused, {why}));
  }

  on('live:ready', () => { up = true; linked(''); reconcile(); pump(); });
  on('live:closed', () => { if (up) downSince = Date.now(); up = false; lost(); });
  on('talk:changed', reconcile);
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
  talk.addEventListener('click', e => {
    const asked = e.target.closest('[data-reply]');
    if (!asked) return;
    e.preventDefault();
    asked.closest('details').open = false;
    reply(asked.closest('li'));
  });
  $('[data-no-reply]').hidden = false;
  $('[data-no-reply]').addEventListener('click', () => { noReply(); text.focus(); text.dispatchEvent(new Event('input', {bubbles: true})); });
  document.addEventListener('keydown', e => {
    const row = e.key === 'r' && !e.ctrlKey && !e.metaKey && !e.altKey && document.body.dataset.keys !== 'off' && document.activeElement?.closest('.posts > li[data-message]');
    if (!row || !$('[data-reply]', row) || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    e.preventDefault();
    e.stopPropagation();
    reply(row);
  }, true);

  /* What not every reader needs, and what needs a link anyway, is fetched when it is asked for. */
  const fetched = new Set();
  function need(name, then) {
    if (fetched.has(name)) return;
    fetched.add(name);
    document.head.append(make('script', {src: words[name], onload: then, onerror: () => fetched.delete(name)}));
  }
  $('#attachments').addEventListener('toggle', e => { if (e.target.open) need('upload'); });
  if ($('#attachments').open) need('upload');
  const typedMeanwhile = () => { if (text.value !== text.defaultValue) text.dispatchEvent(new Event('input', {bubbles: true})); };
  text.addEventListener('focus', () => need('drafts', typedMeanwhile));
  let left;
  try { left = sessionStorage.getItem('draft:' + form.dataset.draftUrl); } catch { /* forbidden */ }
  if (left || document.activeElement === text) need('drafts', typedMeanwhile);
  let typedAt = 0;
  text.addEventListener('input', () => {
    error.hidden = true;
    if (text.value.includes('@')) need('names');
    if (words.presence === 'on' && text.value && Date.now() - typedAt > 3000 && send({t: 'typing', topic: words.topic})) typedAt = Date.now();
  });

  /* A phone's keyboard lies over the page: what is written in stays above it. */
  const view = window.visualViewport;
  view?.addEventListener('resize', () => {
    const under = Math.max(0, innerHeight - view.height - view.offsetTop);
    document.documentElement.style.setProperty('--keyboard', (under > 80 ? under : 0) + 'px');
  });

  addEventListener('beforeunload', e => { if (queue.some(one => one.state !== 'received')) e.preventDefault(); });
  reconcile();
  keep();
  timer = setTimeout(pump, 4100);
})();
