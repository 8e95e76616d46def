// In a drawing of the timeline a plan leads to its page, as its name in the table does.
for (const plan of document.querySelectorAll(".timelines [data-to]")) {
  if (plan.dataset.to) {
    plan.classList.add("t-way");
    plan.addEventListener("click", () => location.assign(plan.dataset.to));
  }
}
