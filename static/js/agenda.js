/* The agenda: items are moved with the finger or the mouse; the buttons beside them do the same by
   keyboard, and without this file they send the page's form. The server draws the times anew. */
(() => {
  'use strict';
  const form = document.querySelector('[data-order]');
  const list = () => document.getElementById('agenda');
  if (!form || !list()) return;
  const rows = () => [...list().children];
  const say = words => { const at = document.getElementById('said'); if (at) at.textContent = words; };

  /* Send the order, and take over what the server draws: numbers, times, and the form itself. */
  async function send(order, moved, button) {
    const body = new URLSearchParams({csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value});
    order.forEach(id => body.append('order', id));
    try {
      const answer = await fetch(form.action, {method: 'POST', body, redirect: 'follow'});
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const drawn = page.getElementById('agenda');
      if (!answer.ok || !drawn) throw new Error('not drawn');
      list().replaceWith(document.adoptNode(drawn));
      form.querySelectorAll('[name=order]').forEach(input => input.remove());
      page.querySelectorAll('#order-form [name=order]').forEach(input => form.append(document.adoptNode(input)));
      const row = document.getElementById('item-' + moved);
      if (button) (row.querySelector(`[name=${button}]:enabled`) || row.querySelector('.order button:enabled'))?.focus();
      prepare();
      say(form.dataset.moved.replace('{n}', rows().indexOf(row) + 1));
    } catch (_trouble) {
      say(form.dataset.failed);
    }
  }

  const ids = () => rows().map(row => row.dataset.item);

  form.addEventListener('submit', event => {
    const button = event.submitter;
    if (!button || !['up', 'down'].includes(button.name)) return;
    event.preventDefault();
    const order = ids(), at = order.indexOf(button.value), to = at + (button.name === 'up' ? -1 : 1);
    if (at < 0 || to < 0 || to >= order.length) return;
    order.splice(to, 0, ...order.splice(at, 1));
    send(order, button.value, button.name);
  });

  /* By hand: the number is the grip. What is held is an item, not its row: the list may be drawn
     anew meanwhile, by the answer to the move before or because somebody else moved one. */
  let held = '';
  const place = list().parentElement;
  const rowOf = id => document.getElementById('item-' + id);
  const over = y => rows().find(row => y < row.getBoundingClientRect().bottom) || rows().at(-1);
  const clear = () => rows().forEach(row => row.classList.remove('drop-above', 'drop-below', 'dragged'));
  const below = (row, y) => { const box = row.getBoundingClientRect(); return y > box.top + box.height / 2; };

  function letGo() { held = ''; clear(); }
  document.addEventListener('keydown', event => { if (event.key === 'Escape' && held) letGo(); });

  place.addEventListener('pointerdown', event => {
    const row = event.target.closest?.('#agenda .grip')?.closest('li');
    if (!row || event.button) return;
    held = row.dataset.item;
    place.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  place.addEventListener('pointermove', event => {
    if (!held) return;
    clear();
    const row = rowOf(held), target = over(event.clientY);
    if (!row) { letGo(); return; }
    row.classList.add('dragged');
    if (target !== row) target.classList.add(below(target, event.clientY) ? 'drop-below' : 'drop-above');
  });
  place.addEventListener('pointerup', event => {
    const id = held, target = over(event.clientY);
    if (!id) return;
    letGo();
    if (!rowOf(id) || target.dataset.item === id) return;
    const order = ids().filter(one => one !== id);
    order.splice(order.indexOf(target.dataset.item) + (below(target, event.clientY) ? 1 : 0), 0, id);
    if (order.join() !== ids().join()) send(order, id, '');
  });
  place.addEventListener('pointercancel', letGo);

  function prepare() { rows().forEach(row => row.querySelector('.num').classList.add('grip')); }
  prepare();
  document.addEventListener('live:polled', prepare);  // the page renewed its rows by itself
})();
