/* Pages of the register: when an act is entered, confirmed or declined anywhere, the live regions
   of the page are asked for again. Many things at once are one question, and not everybody asks
   in the same moment. */
(() => {
  'use strict';
  let waiting;
  document.addEventListener('live:event', event => {
    if (!/^(register|steps):/.test(event.detail.topic || '') || waiting) return;
    waiting = setTimeout(() => {
      waiting = null;
      document.dispatchEvent(new Event('live:renew'));
    }, 400 + Math.random() * 900);
  });
})();
