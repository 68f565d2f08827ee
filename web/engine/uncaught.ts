/** Calls `found` when code of this page throws and nothing catches it. Extensions of the browser throw here, too: not our business. */
export function onUncaught(found: () => void): void {
  const look = (error: unknown): void => {
    if (error instanceof Error && error.stack?.includes(location.origin)) found();
  };
  window.addEventListener("error", ({ error }) => look(error));
  window.addEventListener("unhandledrejection", ({ reason }) => look(reason));
}
