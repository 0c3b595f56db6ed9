// Starts the program of the page, and says in words why it does not start. First in the document, in the document itself and
// without any other file: whatever is blocked, cut or missing, this is there. Old engines read it too.
(function () {
  'use strict';
  // Apart from the script, which is the same on every page, so that its hash can be published.
  var words = JSON.parse(document.getElementsByName('sealdrop-words')[0].content);
  var root = document.documentElement;
  // Remembers over one reload that taking over what the server drew went wrong.
  var ANEW = 'sealdrop-start-anew';
  var SLOW = 15000;
  // For two minutes: a server is replaced in less.
  var ASK_EVERY = 2000;
  var ASK_ROUNDS = 60;
  var state = 'starting';
  // Where the page was opened, while the program begins: one that dies must not have eaten its link.
  var address = '';

  // What is said where no script runs is hidden as long as this one is content.
  root.setAttribute('data-start', '');

  function whenRead(act) {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', act);
    else act();
  }

  // A page that only was slow is still taken over: its nodes stay.
  function put(element, text) {
    var first = element.firstChild;
    if (first && first.nodeType === 3) first.data = text;
    else element.textContent = text;
  }

  function noteOnTop() {
    var place = document.querySelector('main .wrap') || document.querySelector('main') || document.body;
    var note = document.createElement('div');
    note.className = 'note note-stopped';
    note.setAttribute('role', 'alert');
    note.innerHTML = '<div><strong></strong><span></span></div>';
    place.insertBefore(note, place.firstChild);
    return note;
  }

  function filesOfPage() {
    return [].slice.call(document.querySelectorAll('link[rel=modulepreload],link[rel=preload],link[rel=stylesheet]'));
  }

  // While servers are replaced one by one, a new page may meet an old server, which has not its files: they are asked for until a server
  // has all of them, and then the page is loaded again. One that nobody has is said, and stays so.
  function askAgain(rounds, wasMissing) {
    if (!window.fetch || !window.Promise) return;
    Promise.all(filesOfPage().map(function (file) {
      return fetch(file.href, { cache: 'reload' }).then(function (answer) { return answer.status; }, function () { return 0; });
    })).then(function (statuses) {
      var isMissing = wasMissing || statuses.indexOf(404) >= 0;
      if (!isMissing) return;
      if (statuses.every(function (status) { return status === 200; })) location.reload();
      else if (rounds > 1) setTimeout(function () { askAgain(rounds - 1, true); }, ASK_EVERY);
    });
  }

  // A style sheet that an old server has not keeps no page from starting; it is put there again.
  var sheets = ASK_ROUNDS;
  document.addEventListener('error', function (event) {
    var file = event.target;
    if (!file || file.rel !== 'stylesheet' || (sheets -= 1) < 0) return;
    setTimeout(function () { if (file.parentNode) file.parentNode.replaceChild(file.cloneNode(false), file); }, ASK_EVERY);
  }, true);

  // Where links have an origin of their own, everything else is elsewhere: the program must not open it here.
  function said(name) {
    var meta = document.getElementsByName('sealdrop-' + name)[0];
    return meta ? meta.content : '';
  }
  document.addEventListener('click', function (event) {
    var way = event.target.closest && event.target.closest('a[href]');
    // What is saved has an address of another kind.
    if (!way || way.protocol !== location.protocol || way.origin !== location.origin || said('links') !== location.origin) return;
    if (way.pathname.indexOf('/d/') !== 0) way.href = said('app') + way.pathname + way.search;
  }, true);

  // Loads the page again, and first its files past the browser's cache: what was altered on its way is kept there for good.
  function reload() {
    var asked = window.fetch ? filesOfPage().map(function (file) {
      return fetch(file.href, { cache: 'reload' }).then(function (answer) { return answer.blob(); });
    }) : [];
    var again = function () { location.reload(); };
    setTimeout(again, 5000);
    if (asked.length) Promise.all(asked).then(again, again);
    else again();
  }

  window.sealdropReload = reload;

  // In the place of what is said without scripts. `onTop` where a screen has no such place.
  function say(why, reloads, onTop) {
    whenRead(function () {
      var notes = [].slice.call(document.querySelectorAll('.note.no-script, .note-stopped'));
      if (!notes.length && onTop) notes = [noteOnTop()];
      notes.forEach(function (note) {
        put(note.querySelector('strong'), words[why][0]);
        put(note.querySelector('span'), words[why][1]);
        if (!reloads || note.querySelector('button')) return;
        var button = document.createElement('button');
        button.type = 'button';
        button.className = 'btn note-reload';
        button.textContent = words.reload;
        button.setAttribute('data-testid', 'start-reload');
        button.addEventListener('click', function () { button.disabled = true; reload(); });
        note.lastElementChild.appendChild(button);
      });
    });
  }

  function fail(why, error) {
    if (state === 'failed') return;
    if (error && window.console) console.error(error);
    state = 'failed';
    root.removeAttribute('data-start');
    say(why, true, false);
    if (why === 'load') askAgain(ASK_ROUNDS, false);
  }

  // The kinds of nodes, in order, as the server noted them (server/src/shape.rs). Texts and attributes may differ.
  function shapeOf(node) {
    var hash = 2166136261;
    function add(text) {
      for (var at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
    }
    function walk(parent) {
      for (var child = parent.firstChild; child; child = child.nextSibling) {
        if (child.nodeType === 1) {
          add(child.localName + '>');
          walk(child);
          add('/');
        } else add(child.nodeType === 3 ? '#' : '!');
      }
    }
    walk(node);
    return String(hash >>> 0);
  }

  // What was chosen and opened before the program came, for the elements that take the place of the old ones.
  function keepChoices() {
    var files = [].filter.call(document.querySelectorAll('input[type=file]'), function (input) {
      return input.id && input.files && input.files.length;
    }).map(function (input) { return [input.id, input.files]; });
    var terms = document.querySelector('details.terms');
    var isOpen = terms && terms.open;
    var focused = document.activeElement && document.activeElement.id;
    function giveBack() {
      files.forEach(function (one) {
        var input = document.getElementById(one[0]);
        if (!input) return;
        input.files = one[1];
        input.dispatchEvent(new Event('change', { bubbles: true }));
      });
      terms = document.querySelector('details.terms');
      if (terms && isOpen) terms.open = true;
      var element = focused && document.getElementById(focused);
      if (element) element.focus();
    }
    // The router draws its screen a moment later, all at once.
    return function (app) {
      new MutationObserver(function (changes, self) {
        if (!app.querySelector('main')) return;
        self.disconnect();
        giveBack();
      }).observe(app, { childList: true, subtree: true });
    };
  }

  function renderAnew(program, app) {
    var giveBack = keepChoices();
    if (!app) {
      app = document.createElement('div');
      app.id = 'app';
      document.body.insertBefore(app, document.body.firstChild);
    }
    var before = app.cloneNode(true);
    giveBack(app);
    try {
      program.render_anew(app);
    } catch (error) {
      app.parentNode.replaceChild(before, app);
      throw error;
    }
  }

  function stored(change) {
    try { return change(sessionStorage); } catch (error) { return null; }
  }

  function run(program) {
    if (state === 'failed') return;
    address = location.href;
    var wasBroken = stored(function (storage) {
      var found = storage.getItem(ANEW);
      storage.removeItem(ANEW);
      return found;
    });
    var app = document.getElementById('app');
    var isAsSent = !wasBroken && app && app.getAttribute('data-shape') === shapeOf(app);
    try {
      if (isAsSent) program.hydrate();
      else renderAnew(program, app);
    } catch (error) {
      history.replaceState(null, '', address);
      var isNoted = isAsSent && stored(function (storage) { storage.setItem(ANEW, '1'); return true; });
      if (!isNoted) return fail('run', error);
      console.error(error);
      return location.reload();
    }
    state = 'running';
    root.setAttribute('data-start', '');
    root.setAttribute('data-hydrated', isAsSent ? '' : 'anew');
    setTimeout(function () { address = ''; });
  }

  // A trap ends the program for good; the page still looks as if it ran.
  function trapped(error) {
    if (state !== 'running' || !(error instanceof WebAssembly.RuntimeError)) return;
    state = 'failed';
    if (address) history.replaceState(null, '', address);
    root.removeAttribute('data-start');
    say('stopped', true, true);
  }
  window.addEventListener('error', function (event) { trapped(event.error); });
  window.addEventListener('unhandledrejection', function (event) { trapped(event.reason); });

  // What does not hash to `integrity` is refused by the browser. None is known where a developer's tool builds.
  window.sealdropStart = function (script, wasm, integrity) {
    script.then(function (program) {
      return fetch(wasm, { integrity: integrity }).then(function (answer) {
        if (!answer.ok) throw new TypeError(wasm + ': ' + answer.status);
        return program.default({ module_or_path: answer }).then(function () {
          // What the page shows first, apart from the program: a page is taken over in one go.
          var page;
          try { page = program.load_page(); } catch (error) { return fail('run', error); }
          return page.then(function () { run(program); });
        }, function (error) {
          fail(/disallowed|blocked|policy/i.test(error) ? 'wasm' : 'run', error);
        });
      });
    }).catch(function (error) { fail('load', error); });
  };

  if (!window.WebAssembly || !WebAssembly.instantiate) fail('wasm');
  else if (!('noModule' in document.createElement('script'))) fail('run');
  setTimeout(function () {
    if (state !== 'starting') return;
    root.setAttribute('data-start', 'slow');
    say('slow', false, false);
  }, SLOW);
})();
