// Moves a cursor over all charts and shows the sample under it. The page is complete without this.
(() => {
  const rows = [...document.querySelectorAll("#sample-rows tr")];
  const charts = [...document.querySelectorAll("svg.chart")];
  if (rows.length === 0 || charts.length === 0) return;

  const seconds = rows.map((row) => Number(row.dataset.ms) / 1000);
  const values = [...document.querySelectorAll("[data-column]")];
  const last = rows.length - 1;
  let shown = last;

  const cursors = charts.map((svg) => {
    const line = document.createElementNS(svg.namespaceURI, "line");
    line.setAttribute("class", "stroke cursor");
    line.setAttribute("y1", svg.dataset.top);
    line.setAttribute("y2", svg.dataset.bottom);
    line.setAttribute("visibility", "hidden");
    return svg.appendChild(line);
  });

  // Both axes of time: canvas units from left to right, seconds from start to end.
  const scale = (svg) => ["left", "right", "start", "end"].map((key) => Number(svg.dataset[key]));

  const show = (index) => {
    shown = Math.min(Math.max(index, 0), last);
    for (const value of values) {
      value.textContent = rows[shown].cells[value.dataset.column].textContent;
    }
    charts.forEach((svg, i) => {
      const [left, right, start, end] = scale(svg);
      const x = left + ((seconds[shown] - start) / (end - start)) * (right - left);
      cursors[i].setAttribute("x1", x);
      cursors[i].setAttribute("x2", x);
      cursors[i].setAttribute("visibility", "visible");
    });
  };

  const hide = () => {
    show(last);
    for (const cursor of cursors) cursor.setAttribute("visibility", "hidden");
  };

  const nearest = (at) => {
    const after = seconds.findIndex((second) => second >= at);
    if (after <= 0) return after === 0 ? 0 : last;
    return at - seconds[after - 1] < seconds[after] - at ? after - 1 : after;
  };

  for (const svg of charts) {
    svg.tabIndex = 0;
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const [left, right, start, end] = scale(svg);
      const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      show(nearest(start + ((x - left) / (right - left)) * (end - start)));
    });
    svg.addEventListener("pointerleave", hide);
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      show(shown + step);
    });
  }
})();
