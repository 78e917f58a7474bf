/* One socket a page: what happens elsewhere shows here without a reload. The frames are those of
   docs/socket.md. Nothing depends on it: lost events are sent again, and without a socket the page
   asks for itself once a minute. */
(() => {
  'use strict';
  const chip = document.getElementById('live'), body = document.body, said = document.getElementById('said');
  const topics = (body.dataset.topics || '').split(/\s+/).filter(Boolean);
  if (!chip || !topics.length) return;
  const url = location.origin.replace(/^http/, 'ws') + '/ws/';
  const born = Date.now();
  let last = +body.dataset.since || 0, ws, tries = 0, timer, beat, poller, ready = false;

  const show = s => {
    chip.hidden = false;
    if (chip.dataset.s !== s || !chip.textContent) { chip.dataset.s = s; chip.textContent = chip.dataset[s]; }
    clearInterval(poller);
    if (s !== 'live') poller = setInterval(poll, 60000);
  };

  function open() {
    clearTimeout(timer);
    if (ws && ws.readyState < 2) return;
    if (!navigator.onLine) { show('off'); return; }
    const s = ws = new WebSocket(url), slow = setTimeout(() => s.close(), 15000);
    s.onopen = () => {
      clearTimeout(slow);
      alive(s);
      s.send(JSON.stringify({t: 'subscribe', topics, since: last}));
    };
    s.onmessage = e => { alive(s); heard(s, JSON.parse(e.data)); };
    s.onclose = e => { clearTimeout(slow); if (s === ws) closed(e.code); };
  }

  /* The server pings every 20 seconds; silence for 45 is a dead line that has not said so. */
  function alive(s) {
    clearTimeout(beat);
    beat = setTimeout(() => { s.close(); if (s === ws) { s.onclose = null; closed(1006); } }, 45000);
  }

  function closed(code) {
    clearTimeout(beat);
    ws = null;
    ready = false;
    document.dispatchEvent(new CustomEvent('live:closed', {detail: {code}}));
    if (code === 4401 || code === 4403) {
      // The same page again: the server leads to sign-in, or says in words why it is not shown. A
      // page that was just loaded does not load again at once, or a standing that changes back and
      // forth would make it spin. What is typed and not kept stays, until they are in again.
      if (document.querySelector('form[data-dirty]')) timer = setTimeout(open, 10000);
      else if (Date.now() - born > 5000) { location.reload(); return; }
      show('off');
      return;
    }
    show(navigator.onLine ? 'wait' : 'off');
    timer = setTimeout(open, Math.random() * Math.min(60000, 1000 * 2 ** Math.min(tries++, 6)));
  }

  function heard(s, m) {
    if (m.id > last) last = m.id;
    if (m.t === 'ping') s.send('{"t":"pong"}');
    else if (m.t === 'ready') { tries = 0; ready = true; show('live'); }
    else if (m.t === 'event' && m.html) swap(m.html);
    else if (m.t === 'locked') reveal('locked');
    else if (m.t === 'reload') again();
    document.dispatchEvent(new CustomEvent('live:' + m.t, {detail: m}));
  }

  /* What a page wants to say: taken (and the event prevented) while the socket is there. */
  document.addEventListener('live:send', e => {
    if (!ready || ws?.readyState !== 1) return;
    ws.send(JSON.stringify(e.detail));
    e.preventDefault();
  });

  function reveal(id) {
    const note = document.getElementById(id);
    if (note?.hidden) { note.hidden = false; announce(note.textContent.trim()); }
  }

  /* Too much was missed to tell one by one. Somebody who is writing is asked, not interrupted. */
  function again() {
    if (document.querySelector('form[data-dirty]')) reveal('stale');
    else if (Date.now() - born > 5000) location.reload();
  }

  /* Fragments say themselves where they go: data-swap, data-target, and data-say for the ear. */
  function swap(html) {
    const box = document.createElement('template');
    box.innerHTML = html;
    for (const piece of [...box.content.children]) {
      const {swap: how, target, say} = piece.dataset;
      for (const name of ['swap', 'target', 'say']) delete piece.dataset[name];
      const known = piece.id && document.getElementById(piece.id);
      if (how === 'mark') { mark(target, piece.dataset); continue; }
      if (known && how === 'top') known.remove();
      if (known && !/^(top|remove|fill)$/.test(how)) put(known, piece, 'replace');
      else document.querySelectorAll(target).forEach(at => put(at, piece.cloneNode(true), how));
      if (say) announce(say);
    }
  }

  const writing = at => { const a = document.activeElement; return at.contains(a) && /^(INPUT|TEXTAREA|SELECT)$/.test(a.tagName); };

  function put(at, piece, how) {
    if (/^(replace|fill|remove)$/.test(how) && writing(at)) {
      at.addEventListener('focusout', () => setTimeout(() => put(at, piece, how)), {once: true});
      return;
    }
    const held = at.contains(document.activeElement) && document.activeElement.id;
    if (how === 'add') { count(at, +piece.dataset.by); return; }
    if (how === 'prepend' || how === 'top') at.prepend(piece);
    else if (how === 'ranked') at.insertBefore(piece, [...at.children].find(other => +other.dataset.number > +piece.dataset.number) || null);
    else if (how === 'append') at.append(piece);
    else if (how === 'fill') at.replaceChildren(...piece.childNodes);
    else if (how === 'remove') at.remove();
    else at.replaceWith(piece);
    if (how !== 'remove') piece.classList.add('fresh');
    if (held) document.getElementById(held)?.focus();
  }

  /* A figure that is each reader's own cannot be drawn once for all: it is told to move instead. */
  function count(at, by) {
    const figure = at.firstChild;
    figure.nodeValue = Math.max(0, (parseInt(figure.nodeValue, 10) || 0) + by);
    at.hidden = figure.nodeValue === '0';
  }

  /* A figure of things that count once each: which do stands beside it, and which never do. What
     this person wrote is read by that, and so is what this page shows. */
  function mark(target, {id, author}) {
    const kept = document.querySelector(target + '[data-ids]');
    if (!kept || kept.dataset.mute.split(' ').includes(id)) return;
    const ids = new Set(kept.dataset.ids.split(' ').filter(Boolean)), had = ids.has(id);
    const here = !document.hidden && document.querySelector(`#talk[data-id="${CSS.escape(id)}"]`);
    const counts = author !== body.dataset.me && !here;
    if (counts === had || here && !had) return;
    if (counts) ids.add(id); else ids.delete(id);
    kept.dataset.ids = [...ids].join(' ');
    document.querySelectorAll(target).forEach(at => count(at, counts ? 1 : -1));
  }

  /* Read out politely, and many at once as one sentence. */
  let waiting = [], soon;
  function announce(words) {
    waiting.push(words);
    clearTimeout(soon);
    soon = setTimeout(() => {
      said.textContent = waiting.length > 3 ? said.dataset.many.replace('{n}', waiting.length) : waiting.join('. ');
      waiting = [];
    }, 1200);
  }

  /* No socket to be had: renew the live regions from a plain request, which is no act of a person. */
  async function poll() {
    const regions = [...document.querySelectorAll('[data-live][id]')].filter(r => r !== chip);
    if (document.hidden || !navigator.onLine || !regions.length) return;
    try {
      const r = await fetch(location.href, {headers: {'X-Live': 'poll'}});
      if (!r.ok) return;
      if (r.redirected) { again(); return; }
      const page = new DOMParser().parseFromString(await r.text(), 'text/html');
      for (const at of [...regions, ...document.querySelectorAll('[data-count]')]) {
        const sel = at.id ? '#' + CSS.escape(at.id) : `[data-count="${at.dataset.count}"]`;
        const piece = page.querySelector(sel);
        if (piece && piece.outerHTML !== at.outerHTML) put(at, piece.cloneNode(true), 'replace');
      }
      document.dispatchEvent(new Event('live:polled'));
    } catch { /* still no link; the chip says so */ }
  }

  document.addEventListener('live:renew', poll);
  addEventListener('online', () => { tries = 0; open(); });
  // A line that is down may not say so for minutes: close it, and replay from the last number later.
  addEventListener('offline', () => { show('off'); ws?.close(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && !ws) { tries = 0; open(); } });
  addEventListener('pagehide', () => ws?.close());
  addEventListener('pageshow', e => { if (e.persisted) { ws = null; open(); } });
  open();
})();
