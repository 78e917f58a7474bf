/* The agenda: items are moved with the finger or the mouse; the buttons beside them do the same by
   keyboard, and without this file they send the page's form. The server draws the times anew. */
(() => {
  'use strict';
  const form = document.querySelector('[data-order]');
  if (!form) return;
  const list = () => document.getElementById('agenda');
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

  /* By hand: the number is the grip. */
  let held = null;
  const over = y => rows().find(row => { const box = row.getBoundingClientRect(); return y < box.bottom; }) || rows().at(-1);
  const clear = () => rows().forEach(row => row.classList.remove('drop-above', 'drop-below', 'dragged'));
  const below = (row, y) => { const box = row.getBoundingClientRect(); return y > box.top + box.height / 2; };

  function letGo() { held = null; clear(); }
  document.addEventListener('keydown', event => { if (event.key === 'Escape' && held) letGo(); });

  function prepare() {
    rows().forEach(row => {
      const grip = row.querySelector('.num');
      if (grip.classList.contains('grip')) return;
      grip.classList.add('grip');
      grip.addEventListener('pointerdown', event => {
        if (event.button) return;
        held = row;
        grip.setPointerCapture(event.pointerId);
        event.preventDefault();
      });
      grip.addEventListener('pointermove', event => {
        if (held !== row) return;
        clear();
        row.classList.add('dragged');
        const target = over(event.clientY);
        if (target !== row) target.classList.add(below(target, event.clientY) ? 'drop-below' : 'drop-above');
      });
      grip.addEventListener('pointerup', event => {
        if (held !== row) return;
        held = null;
        clear();
        const target = over(event.clientY), id = row.dataset.item;
        if (target === row) return;
        const order = ids().filter(one => one !== id);
        order.splice(order.indexOf(target.dataset.item) + (below(target, event.clientY) ? 1 : 0), 0, id);
        if (order.join() !== ids().join()) send(order, id, '');
      });
      grip.addEventListener('pointercancel', letGo);
    });
  }
  prepare();
  // The rows that the page renewed by itself; what was in somebody's hand is another row now.
  document.addEventListener('live:polled', () => { if (held && !held.isConnected) letGo(); prepare(); });
})();
