// A whole page in answer to a fragment's request means the session ended (or moved): show that page, not a page in a page.
export function startSession() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (target === document.body || !/^\s*<!doctype/i.test(xhr.responseText)) return;
    event.detail.shouldSwap = false;
    if (event.detail.requestConfig.verb === "get" && xhr.responseURL) window.location.assign(xhr.responseURL);
    else window.location.reload();
  });
}
