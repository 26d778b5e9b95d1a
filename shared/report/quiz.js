(() => {
  const form = document.getElementById("quiz");
  const items = [...form.querySelectorAll(".item")];
  const next = document.getElementById("next");
  const say = document.getElementById("say");
  const place = document.getElementById("place");
  const bar = document.getElementById("bar");
  const names = JSON.parse(form.dataset.names);
  const key = new TextEncoder().encode(form.dataset.key);
  let at = 0;

  const unfold = (item) => {
    const folded = Uint8Array.from(atob(item.dataset.folded), (char) => char.charCodeAt(0));
    const told = folded.map((byte, number) => byte ^ key[number % key.length]);
    return JSON.parse(new TextDecoder().decode(told));
  };
  const chosen = (item) => item.querySelector("input:checked");
  const called = (who) => {
    const [arm, ...model] = who.split(":");
    const name = names[arm] || arm;
    return model.length ? `${name}, ${model.join(":")}` : name;
  };
  const wilson = (hits, n) => {
    const z = 1.959963984540054;
    const centre = (hits + (z * z) / 2) / (n + z * z);
    const half = (z * Math.sqrt((hits * (n - hits)) / n + (z * z) / 4)) / (n + z * z);
    return [Math.max(0, centre - half), Math.min(1, centre + half)];
  };
  const percent = (share) => `${Math.round(100 * share)} %`;
  const field = (text) => `"${String(text).replaceAll('"', '""')}"`;

  const show = () => {
    items.forEach((item, number) => { item.hidden = number !== at; });
    bar.value = at;
    place.textContent = `${at + 1} of ${items.length}`;
    next.textContent = at + 1 === items.length ? "Show the score" : "Next";
    if (at) items[at].querySelector("legend").focus();
    if (at) window.scrollTo({ top: form.offsetTop - 20, behavior: "instant" });
  };

  const reveal = (item, told) => {
    item.hidden = false;
    item.querySelectorAll(".option").forEach((option, number) => {
      const whose = document.createElement("span");
      whose.className = "whose";
      whose.textContent = told[number] === "host" ? "really the host" : called(told[number]);
      option.querySelector(".reply").append(whose);
      option.classList.toggle("host", told[number] === "host");
      option.querySelector("input").disabled = true;
    });
  };

  const cell = (row, tag, text, label) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (label) { made.className = "num"; made.dataset.label = label; } else made.scope = "row";
    row.append(made);
  };

  const end = () => {
    const lines = [["run_id", "show", "item", "pair_id", "shown", "chosen", "right"]];
    const arms = new Map();
    let right = 0;
    let chance = 0;
    items.forEach((item, number) => {
      const told = unfold(item);
      const who = told[Number(chosen(item).value)];
      for (const one of told) {
        const counts = arms.get(one) || [0, 0];
        arms.set(one, [counts[0] + 1, counts[1] + (one === who ? 1 : 0)]);
      }
      right += who === "host" ? 1 : 0;
      chance += 1 / told.length;
      lines.push([form.dataset.run, form.dataset.show, number + 1, item.dataset.pair,
        told.join(form.dataset.separator), who, who === "host" ? "yes" : "no"]);
      reveal(item, told);
    });
    const n = items.length;
    const [low, high] = wilson(right, n);
    document.getElementById("score").textContent = `You found the host in ${right} of ${n}`;
    document.getElementById("meaning").textContent =
      `That is ${percent(right / n)}, with so few answers somewhere between ${percent(low)} and ${percent(high)}; ` +
      `guessing finds ${percent(chance / n)}. Below, every reply says whose it is.`;
    for (const [who, [shown, taken]] of [...arms].sort((one, other) => other[1][1] - one[1][1])) {
      const row = document.createElement("tr");
      cell(row, "th", called(who));
      cell(row, "td", shown, "Shown");
      cell(row, "td", taken, "Taken for the host");
      document.getElementById("arms").append(row);
    }
    const csv = lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
    document.getElementById("download").href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
    document.getElementById("progress").hidden = true;
    next.hidden = true;
    const result = document.getElementById("result");
    form.before(result);
    result.hidden = false;
    document.getElementById("score").focus();
    window.scrollTo({ top: 0, behavior: "instant" });
  };

  next.addEventListener("click", () => {
    say.hidden = Boolean(chosen(items[at]));
    say.textContent = say.hidden ? "" : "Choose one of the replies first.";
    if (!say.hidden) return;
    at += 1;
    if (at < items.length) show(); else end();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("progress").hidden = false;
  next.hidden = false;
  form.reset();
  show();
})();
