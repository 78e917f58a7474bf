/* Pages of meetings, and the card of the next one: when something happens in a meeting that this
   reader takes part in, the live regions of the page are asked for again. Many things at once are
   one question, and not everybody asks in the same moment. */
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
})();
