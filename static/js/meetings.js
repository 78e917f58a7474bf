/* Pages of meetings, and the card of the next one: when something happens in a meeting that this
   reader takes part in, the live regions of the page are asked for again. Many things at once are
   one question, and not everybody asks in the same moment. What cannot come by itself, because it
   has forms in which somebody may be writing, says that it was changed. */
(() => {
  'use strict';
  let waiting;
  document.addEventListener('live:event', event => {
    if (!/^meetings?:/.test(event.detail.topic || '') || waiting) return;
    waiting = setTimeout(() => {
      waiting = null;
      document.dispatchEvent(new Event('live:renew'));
    }, 600 + Math.random() * 1500);
  });

  /* The stamp of the page as it was opened; the region comes again with the one of now. */
  const stamps = new Map([...document.querySelectorAll('[data-stamp][id]')].map(at => [at.id, at.dataset.stamp]));
  const said = document.getElementById('said');
  document.addEventListener('live:polled', () => stamps.forEach((stamp, id) => {
    const at = document.getElementById(id);
    if (!at || at.dataset.stamp === stamp) return;
    const told = !at.hidden;
    at.hidden = false;
    if (!told && said) said.textContent = at.querySelector('span, p')?.textContent.trim() || '';
  }));
})();
