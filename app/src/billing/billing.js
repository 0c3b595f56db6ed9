// The script of the pages of plans and payments. Without it they work too: what waits for a payment is then loaded again by its browser.
(function () {
  'use strict';
  document.documentElement.setAttribute('data-start', '');

  // Amounts as the reader's language writes them.
  [].forEach.call(document.querySelectorAll('data[data-currency]'), function (element) {
    var decimals = Number(element.getAttribute('data-decimals'));
    var amount = Number(element.value) / Math.pow(10, decimals);
    var isShort = element.hasAttribute('data-short') && amount % 1 === 0;
    try {
      element.textContent = new Intl.NumberFormat(navigator.languages || undefined, {
        style: 'currency', currency: element.getAttribute('data-currency'),
        minimumFractionDigits: isShort ? 0 : decimals, maximumFractionDigits: decimals,
      }).format(amount);
    } catch (error) { /* It stays as the server wrote it. */ }
  });

  var print = document.querySelector('[data-testid=print]');
  if (print) print.addEventListener('click', function () { window.print(); });

  // What lay in the browser's cache may be of someone who has signed out, or older than a payment.
  window.addEventListener('pageshow', function (event) { if (event.persisted) location.reload(); });

  // Seconds between two questions: the first answers come fast, a bank may take days.
  var WAITS = [1, 1, 2, 2, 3, 5, 8, 13, 20, 30];
  var order = document.querySelector('[data-pending]');
  if (!order) return;
  var state = order.getAttribute('data-state');
  var asked = 0;
  function ask() {
    fetch('/api/v1/orders/' + order.getAttribute('data-order'), { headers: { accept: 'application/json' } })
      .then(function (answer) {
        // Signed out, or not theirs: the page says so.
        if (answer.status === 401 || answer.status === 404) return location.reload();
        return answer.ok ? answer.json().then(function (found) { if (found.state !== state) location.reload(); else later(); }) : later();
      })
      .catch(later);
  }
  function later() {
    setTimeout(ask, 1000 * WAITS[Math.min(asked, WAITS.length - 1)]);
    asked += 1;
  }
  later();
})();
