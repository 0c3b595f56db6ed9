// Names and keyboard access that the theme leaves out.
addEventListener('load', () => {
  document.querySelector('.md-search')?.setAttribute('aria-label', 'Search');
  for (const [n, nav] of document.querySelectorAll('.md-code__nav').entries()) nav.setAttribute('aria-label', `Code ${n + 1}`);
  // What does not fit is scrolled, by keyboard as well.
  for (const table of document.querySelectorAll('.md-typeset__scrollwrap')) table.tabIndex = 0;
});

// Draws the diagrams of a page with Mermaid, which lies beside this script and is loaded only where there is one. Draws them again when
// the theme changes. Without JavaScript, and where one cannot be drawn, its text stays.
(() => {
  const here = document.currentScript.src;
  const blocks = [...document.querySelectorAll('pre.diagram')];
  if (blocks.length === 0) return;
  const isDark = () => document.body.dataset.mdColorScheme === 'slate';
  const diagrams = blocks.map((block, n) => {
    const drawn = document.createElement('div');
    drawn.className = 'diagram';
    drawn.setAttribute('role', 'img');
    drawn.setAttribute('aria-label', `Diagram of ${document.title.split(' - ')[0]}`);
    drawn.tabIndex = 0;
    return { block, drawn, text: block.textContent, id: `diagram-${n}` };
  });

  const draw = async () => {
    const [theme, behind] = isDark() ? ['dark', '#14201e'] : ['neutral', '#fcfdfc'];
    window.mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      theme,
      themeVariables: { edgeLabelBackground: behind },
      fontFamily: 'inherit',
    });
    for (const { block, drawn, text, id } of diagrams) {
      try {
        const { svg } = await window.mermaid.render(id, text);
        drawn.innerHTML = svg;
        if (block.isConnected) block.replaceWith(drawn);
      } catch (error) {
        console.error(error);
        // What Mermaid draws instead.
        document.getElementById(`d${id}`)?.remove();
      }
    }
  };

  const script = document.createElement('script');
  script.src = new URL('mermaid.min.js', here);
  script.addEventListener('load', () => {
    void draw();
    new MutationObserver(() => void draw()).observe(document.body, { attributeFilter: ['data-md-color-scheme'] });
  });
  document.head.append(script);
})();
