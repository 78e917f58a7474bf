/* What every page has: keys, dialogs, the end of the session, small comforts.
   Everything works without this file; it only makes things quicker. No words of its own. */
(() => {
  'use strict';
  const $ = (sel, at = document) => at.querySelector(sel);
  const $$ = (sel, at = document) => [...at.querySelectorAll(sel)];
  const body = document.body;

  /* Buttons that need scripts are hidden until here. */
  $$('[data-open], [data-tick], [data-copy], [data-print]').forEach(b => { b.hidden = false; });
  $('[data-focus]')?.focus();

  document.addEventListener('click', e => {
    const b = e.target.closest('button, a');
    if (!b) return;
    if (b.dataset.open) document.getElementById(b.dataset.open)?.showModal();
    else if ('tick' in b.dataset) tick(b);
    else if ('print' in b.dataset) print();
    else if ('copy' in b.dataset) copy(b);
  });

  async function copy(b) {
    await navigator.clipboard.writeText(b.dataset.copy);
    say(b.dataset.copied);
  }

  function say(words) {
    const at = document.getElementById('said');
    if (at && words) at.textContent = words;
  }

  /* Choosing administrations: groups tick their members, and a line says how many. */
  function tick(b) {
    const box = b.closest('fieldset'), codes = b.dataset.tick.split(' ');
    $$('input[type=checkbox]:not(:disabled)', box).forEach(i => {
      i.checked = b.dataset.tick ? i.checked || codes.includes(i.value) : false;
    });
    $('[data-chosen]', box)?.dispatchEvent(new Event('change', {bubbles: true}));
  }

  function chosen(grid) {
    const out = $('[data-chosen-said]', grid.closest('fieldset'));
    const n = $$('input:checked', grid).length, words = out.dataset;
    out.textContent = n === 0 ? words.none : n === 1 ? words.one : words.many.replace('{n}', n);
  }
  $$('[data-chosen]').forEach(grid => {
    chosen(grid);
    grid.addEventListener('change', () => chosen(grid));
  });

  /* A count below a text box with a limit; the box itself never cuts what is pasted. */
  $$('[data-left-for]').forEach(out => {
    const box = document.getElementById(out.dataset.leftFor), limit = +box?.dataset.max;
    if (!limit) return;
    const count = () => {
      const left = limit - [...box.value].length;
      out.textContent = (left < 0 ? out.dataset.over : out.dataset.left).replace('{n}', Math.abs(left));
      out.classList.toggle('over', left < 0);
    };
    box.addEventListener('input', count);
    if (box.value) count();
  });

  /* A form goes once, however often its button is pressed; back-forward gives it back. What cannot
     be taken back is asked first; where a key presses the button, only the key is asked (below). */
  let answered;
  document.addEventListener('submit', e => {
    const form = e.target;
    if (form.method !== 'post' || e.defaultPrevented) return;
    if (form.dataset.ask && form !== answered && !$('[data-key]', form)) {
      e.preventDefault();
      ask(form.dataset.ask, () => { answered = form; form.requestSubmit(e.submitter); });
      return;
    }
    answered = null;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  addEventListener('pageshow', () => $$('form[data-sent]').forEach(f => { delete f.dataset.sent; }));

  /* Keys. Never while typing; single keys can be switched off in the settings. */
  const typing = el => el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName) ||
    (el.tagName === 'INPUT' && !/^(checkbox|radio|button|submit|file)$/.test(el.type));
  let going = 0;

  addEventListener('keydown', e => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && e.target.form) {
      e.preventDefault();
      e.target.form.requestSubmit();
      return;
    }
    if (body.dataset.keys === 'off' || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (typing(e.target) || $('dialog[open]')) return;
    if (press(e.key)) e.preventDefault();
  });

  function press(key) {
    if (going && Date.now() - going < 1500) { going = 0; return follow($(`[data-go="${CSS.escape(key)}"]`)); }
    going = key === 'g' ? Date.now() : 0;
    if (key === 'j' || key === 'k') return row(key === 'j' ? 1 : -1, '[data-rows] .t');
    if (key === 'n' && $('.unread .t')) return row(1, '.unread .t');
    if (key === 'u') return follow($('[data-back]'));
    if (key === '/') return focus(document.getElementById('q')) || follow($('.find button'));
    if (key === '?') { document.getElementById('keys')?.showModal(); return true; }
    return /^[a-z]$/.test(key) && act($(`[data-key="${key}"]`));
  }

  const follow = el => { el?.click(); return !!el; };
  const seen = el => el && el.getClientRects().length > 0;
  const focus = el => { if (!seen(el)) return false; el.focus(); return true; };

  function row(step, sel) {
    const all = $$(sel).filter(seen), at = all.indexOf(document.activeElement);
    if (!all.length) return false;
    return focus(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))]);
  }

  function act(el) {
    if (!seen(el)) return false;
    const form = el.form;
    if (typing(el)) el.focus();
    else if (form?.dataset.ask) ask(form.dataset.ask, () => form.requestSubmit(el));
    else el.click();
    return true;
  }

  function ask(question, yes) {
    const d = document.getElementById('ask');
    $('h2', d).textContent = question;
    d.returnValue = '';
    d.addEventListener('close', () => { if (d.returnValue === 'yes') yes(); }, {once: true});
    d.showModal();
  }

  /* The end of the session: two minutes before it, a dialog. Other windows count too, and so do
     drafts and uploads, which tell of themselves with "iswg:acted". */
  const seconds = +body.dataset.session;
  if (seconds) {
    const dialog = document.getElementById('timeout');
    const air = 'BroadcastChannel' in window ? new BroadcastChannel('iswg-acted') : null;
    let last = Date.now(), ended = false;
    const acted = tell => {
      last = Date.now();
      ended = false;
      if (dialog.open) dialog.close();
      if (tell) air?.postMessage(1);
    };
    air?.addEventListener('message', () => acted(false));
    document.addEventListener('iswg:acted', () => acted(true));
    acted(true);
    $('[data-stay]', dialog).addEventListener('click', async () => {
      const token = $('[name=csrfmiddlewaretoken]')?.value || '';
      try {
        const r = body.dataset.stay
          ? await fetch(body.dataset.stay, {method: 'POST', headers: {'X-CSRFToken': token}})
          : await fetch(location.href);
        if (r.ok && !r.redirected) acted(true); else location.reload();
      } catch { /* no link: the dialog stays, and the button can be pressed again */ }
    });
    setInterval(() => {
      const left = seconds - (Date.now() - last) / 1000;
      // What the server could not be given any more stays on the page, which says how to go on.
      if (left <= 0 && ended && $('form[data-dirty]')) dialog.close();
      else if (left <= 0 && ended) location.reload();
      else if (left <= 0) { ended = true; document.dispatchEvent(new Event('iswg:flush')); }
      else if (left <= 120 && !dialog.open) {
        document.dispatchEvent(new Event('iswg:flush'));
        if (!$('dialog[open]')) dialog.showModal(); else dialog.show();
      }
    }, 5000);
  }
})();
