// Close the sidebar when a page is chosen in it, on screens so narrow that it covers the page.

export default function ({ parentElement }) {
  const host = parentElement.getRootNode().host ?? parentElement;
  const sidebar = host.closest("[data-testid=stSidebar]");
  if (!sidebar) return;
  // A property, not a listener, since Streamlit calls this on every rerun.
  sidebar.onclick = (event) => {
    if (!event.target.closest("a") || !matchMedia("(max-width: 768px)").matches) return;
    const button = sidebar.querySelector("[data-testid=stSidebarCollapseButton] button");
    // Streamlit handles the click on the link after this function.
    setTimeout(() => button?.click());
  };
}
