/* Drafts: what is typed is kept on the server after three quiet seconds and when the page is left.
   In the browser only sessionStorage holds it, which dies with the tab, and only until the server
   has it: laptops are shared. Whoever was signed out signs in in another tab, and this page goes on
   with the token of the new session. Words come from the status line's data- attributes. */
(() => {
  'use strict';
  document.querySelectorAll('form[data-draft]').forEach(form => {
    const key = 'draft:' + form.dataset.draftUrl;
    const said = form.querySelector('[data-draft-said]') || document.querySelector('[data-draft-said]');
    const words = said?.dataset || {};
    const version = form.elements.version;
    let timer, dirty = false, busy = false, refused = false, failing = false;

    const fields = () => {
      const data = new FormData(form);
      for (const el of form.elements) {
        if (el.name && (el.type === 'file' || el.type === 'password' || 'noDraft' in el.dataset)) data.delete(el.name);
      }
      return data;
    };
    const say = text => { if (said && text && said.textContent !== text) said.textContent = text; };
    /* As the server writes times: "09:14", and "9 h 14" in French. */
    const clock = () => {
      const [hh, mm] = new Date().toLocaleTimeString('en', {hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
        timeZone: document.documentElement.dataset.zone || undefined}).split(':');
      return (words.clock || '{hh}:{mm}').replace('{hh}', hh).replace('{h}', +hh).replace('{mm}', mm);
    };

    function mark() {
      dirty = true;
      form.dataset.dirty = '';
      if (refused) return;
      clearTimeout(timer);
      timer = setTimeout(keep, 3000);
    }

    function stash() {
      const rows = [...fields()].filter(([name]) => name !== 'csrfmiddlewaretoken' && name !== 'version');
      try { sessionStorage.setItem(key, JSON.stringify({version: version?.value, rows})); } catch { /* full or forbidden: the server has it soon */ }
    }
    const unstash = () => { try { sessionStorage.removeItem(key); } catch { /* the same */ } };

    async function keep(leaving) {
      clearTimeout(timer);
      if (!dirty || refused) return;
      stash();
      if (busy) return;
      busy = true;
      form.dataset.keeping = '';
      dirty = false;
      try {
        let [r, answer] = await post(leaving);
        // A page instead of an answer: the token may be of the session before. With a new one it
        // is tried once more; if there is none to be had, later.
        if (r.status === 403 && !answer.sentence && !leaving && await renewed()) [r, answer] = await post();
        answered(r, answer);
      } catch {
        again();
      } finally {
        busy = false;
        delete form.dataset.keeping;
        if (waits) { go(); return; }
        if (dirty && !refused) { clearTimeout(timer); timer = setTimeout(keep, failing ? 10000 : 3000); }
      }
    }

    async function post(leaving) {
      const r = await fetch(form.dataset.draftUrl, {
        method: 'POST', body: fields(), keepalive: leaving === true,
        headers: {'X-CSRFToken': form.elements.csrfmiddlewaretoken.value, Accept: 'application/json'}});
      return [r, r.headers.get('Content-Type')?.includes('json') ? await r.json() : {}];
    }

    /* The cookie is out of reach for scripts, so the token comes from this very page, loaded again. */
    async function renewed() {
      const r = await fetch(location.href, {headers: {'X-Live': 'poll'}});
      if (!r.ok || r.redirected) return false;
      const token = new DOMParser().parseFromString(await r.text(), 'text/html').querySelector('[name=csrfmiddlewaretoken]');
      if (token) document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(el => { el.value = token.value; });
      return !!token;
    }

    function answered(r, answer) {
      if (r.ok && !r.redirected && answer.version !== undefined) {
        failing = false;
        if (version) version.value = answer.version;
        if (answer.url) form.dataset.draftUrl = answer.url;
        if (answer.notes) form.querySelectorAll('[data-note-for]').forEach(el => { el.textContent = answer.notes[el.dataset.noteFor] || ''; });
        if (answer.page) history.replaceState(null, '', answer.page + location.hash);
        if (!dirty) { unstash(); delete form.dataset.dirty; }
        say((words.kept || '').replace('{time}', clock()));
        document.dispatchEvent(new Event('iswg:acted'));
      } else if (r.status === 401) {
        // Signed out: it stays in this tab, and is tried again when they have signed in elsewhere.
        again(answer.sentence);
      } else if (answer.sentence) {
        // Two editors, or a form that cannot be kept: more tries would not help until it changes.
        refused = r.status === 409;
        dirty = true;
        unstash();
        say(answer.sentence);
      } else again();
    }

    function again(sentence) {
      dirty = failing = true;
      say(sentence || words.failed);
    }

    /* What a lost link left behind in this tab comes back, if nothing newer was kept since. */
    function restore() {
      let held;
      try { held = JSON.parse(sessionStorage.getItem(key) || 'null'); } catch { return; }
      if (!held || held.version !== version?.value) return;
      const before = JSON.stringify([...fields()]);
      const typed = new Map();
      held.rows.forEach(([name, value]) => typed.set(name, [...(typed.get(name) || []), value]));
      for (const el of form.elements) {
        if (!el.name || el.type === 'hidden' || el.type === 'file' || el.type === 'password' || el.type === 'submit') continue;
        const values = typed.get(el.name) || [];
        const was = el.value;
        if (el.type === 'checkbox' || el.type === 'radio') el.checked = values.includes(el.value);
        else if (values.length) el.value = values[0];
        // What comes back must be seen to have come back.
        if (el.value !== was) for (let box = el.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
      }
      if (JSON.stringify([...fields()]) !== before) { say(words.restored); mark(); }
    }

    form.addEventListener('input', mark);
    form.addEventListener('change', mark);
    form.addEventListener('focusout', () => { if (dirty) keep(); });
    /* A save that is on its way changes the version: a form sent beside it would look like another
       window's. So it waits for the answer, but not for ever on a link that is gone. */
    let waits = null;
    function sent(e) {
      if (busy && !waits && !('scripted' in form.dataset)) {
        e.preventDefault();
        waits = {button: e.submitter, until: setTimeout(go, 8000)};
        return;
      }
      clearTimeout(timer);
      dirty = false;
      delete form.dataset.dirty;
      unstash();
    }
    function go() {
      if (!waits) return;
      const {button, until} = waits;
      clearTimeout(until);
      busy = false;
      form.requestSubmit(button);
      waits = null;
    }
    form.addEventListener('submit', sent);
    document.addEventListener('iswg:flush', () => keep(true));
    document.addEventListener('visibilitychange', () => { if (document.hidden) keep(true); else if (failing) keep(); });
    addEventListener('pagehide', () => keep(true));
    addEventListener('online', () => keep());
    addEventListener('beforeunload', e => { if (failing && dirty) e.preventDefault(); });
    restore();
  });
})();
