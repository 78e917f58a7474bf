/* Reading discussions. What others write comes by live.js; here the page shows what in it is this
   reader's own, and sees to it that no number is missing. compose.js writes. They tell each other:
   talk:changed (the posts of the page), talk:look (fetch what is newer), talk:end (go there).
   Words come from data- attributes. Without this file everything is a plain page. */
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
      if (own) read.set(row.id, number);
      const position = read.get(row.id) ?? NaN, said = $('.new-count', row);
      row.dataset.position = position;
      // Of a row that was not on the page it is not known how much is new, only that something is.
      const fresh = quiet ? 0 : known || own ? number - position : 1;
      if (list.dataset.box === 'unread' && !fresh || list.dataset.box === 'following' && !known && !own) { row.remove(); return; }
      row.classList.toggle('unread', fresh > 0);
      $('[data-dot]', row).hidden = said.hidden = fresh < 1;
      said.textContent = isNaN(position) ? said.dataset.some : fresh === 1 ? said.dataset.one : fill(said.dataset.many, {n: fresh});
    }));
  }

  const talk = $('#talk');
  if (!talk) return;
  const words = talk.dataset, whole = $('[data-whole]');
  const posts = () => $('#posts');
  const rows = () => posts() ? $$('li[data-number]', posts()) : [];
  const last = () => +(rows().at(-1)?.dataset.number || 0);
  const send = frame => !document.dispatchEvent(new CustomEvent('live:send', {detail: frame, cancelable: true}));
  const changed = () => document.dispatchEvent(new Event('talk:changed'));
  let up = false;

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
  on('talk:end', toEnd);

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
    changed();
  }

  /* How far this person has read, told at most every ten seconds. */
  let marked = last(), reader, toldAt = 0;
  function reading() {
    clearTimeout(reader);
    if (document.hidden || hole() || last() <= marked) return;
    reader = setTimeout(() => {
      if (document.hidden || last() <= marked) return;
      toldAt = Date.now();
      if (send({t: 'act', c: 'read-' + last(), act: 'discussions.read', data: {thread: words.thread, number: last()}})) marked = last();
    }, Math.max(0, toldAt + 10000 - Date.now()));
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
  on('live:here', e => { if (shows && e.detail.topic === words.topic) { present = e.detail.codes.filter(code => code !== words.code); showPresence(); } });
  on('live:typing', e => {
    if (!shows || e.detail.topic !== words.topic || e.detail.code === words.code) return;
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
      cell.title = $('.vh', cell).textContent = cell.dataset.name + cell.parentNode.dataset.colon + ' ' + said;
      $(`#seen [data-listed="${cell.dataset.code}"] .mute`).textContent = said;
    });
    const count = $('[data-seen-count]');
    if (count) count.textContent = $$('#seen .done[data-code]').length;
  }

  on('live:event', e => { if (e.detail.topic === words.topic) { arrived(); changed(); writers.clear(); showPresence(); cells(); } });
  on('live:polled', () => { arrived(); changed(); });
  on('talk:look', () => fetchAfter(last()));
  on('live:ready', () => { up = true; compare(); beHere(!document.hidden); reading(); });
  on('live:ping', () => { if (whole && !hole()) complete(true); });
  /* No longer in it: the page says so when it is asked for again, and shows nothing until then. */
  on('live:refused', e => { if (e.detail.topic === words.topic) location.reload(); });
  on('live:locked', e => { if (e.detail.topic === words.topic) fetchAfter(last()); });
  on('live:closed', () => { up = false; present = []; writers.clear(); showPresence(); });
  on('visibilitychange', () => { beHere(!document.hidden); if (!document.hidden) reading(); });

  /* Answers without words: pressed at once, drawn by the server for everybody. */
  $('#act').addEventListener('submit', async e => {
    const b = e.submitter;
    if (!up || !b?.classList.contains('answer')) return;
    e.preventDefault();
    const body = new URLSearchParams({[b.name]: b.value}), address = b.getAttribute('formaction'), was = b.getAttribute('aria-pressed') === 'true';
    press(b, !was);
    try {
      const r = await fetch(address, {method: 'POST', body, headers: {'X-CSRFToken': $('[name=csrfmiddlewaretoken]').value, Accept: 'application/json'}});
      if (!r.ok || r.redirected) throw new Error('refused');
      b.closest('details')?.removeAttribute('open');
    } catch { press(b, was); }
  });
  talk.addEventListener('click', async e => {
    const b = e.target.closest('[data-link]');
    if (!b) return;
    await navigator.clipboard.writeText($('.t', b.closest('li')).href);
    announce(words.copied);
    b.closest('details').open = false;
  });
  on('click', e => $$('details.more[open]').forEach(d => { if (!d.contains(e.target)) d.open = false; }));
  on('keydown', e => {
    const open = e.key === 'Escape' && $('details.more[open]');
    if (open) { open.open = false; $('summary', open).focus(); }
  });

  const first = $('#new');
  if (!location.hash && first) first.scrollIntoView({block: 'center'});
  else if (!location.hash && posts() && rows().length > 4) toEnd();
  pinned = atEnd();
})();
