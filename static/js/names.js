/* Naming people and administrations in a message: after @ those who take part are offered, chosen by
   the arrows and Enter. Fetched by compose.js when the first @ is typed. */
(async () => {
  'use strict';
  const text = document.getElementById('text'), talk = document.getElementById('talk'), words = talk.dataset;
  const fill = (sentence, facts) => sentence.replace(/{(\w+)}/g, (_all, name) => facts[name]);
  const announce = sentence => { document.getElementById('said').textContent = sentence; };
  const names = document.getElementById('names');
  let people = [];
  const plain = s => s.normalize('NFKD').replace(/[\u0300-\u036f\u02bb\u02bc'\u2019\u2018`]/g, '').toLowerCase();
  const call = () => /(?:^|[\s(>])@([^@\n]{0,40})$/.exec(text.value.slice(0, text.selectionStart));
  let chosen = 0;
  text.setAttribute('aria-autocomplete', 'list');
  text.setAttribute('aria-controls', 'names');

  function suggest(found) {
    const fresh = found.length && names.children.length !== found.length;
    names.replaceChildren(...found.map((one, i) => {
      const row = document.createElement('li'), code = document.createElement('span');
      row.id = 'name-' + i;
      row.setAttribute('role', 'option');
      code.className = 'mono';
      code.textContent = one.code.startsWith('user:') ? '' : one.code;
      row.append(code, ' ' + one.label);
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
  function offer() {
    const found = call(), asked = found && plain(found[1]);
    const fits = one => plain(one.label).split(/\s+/).some((_w, i, all) => all.slice(i).join(' ').startsWith(asked)) || one.code.toLowerCase() === asked;
    suggest(found ? people.filter(fits).slice(0, 6) : []);
  }
  text.addEventListener('input', offer);
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
  text.form.addEventListener('submit', () => suggest([]));

  try {
    const r = await fetch(words.url + 'names/', {headers: {Accept: 'application/json', 'X-Live': 'poll'}});
    if (r.ok && !r.redirected) people = (await r.json()).names;
    offer();
  } catch { /* no link: a name that is typed in full counts all the same */ }
})();
