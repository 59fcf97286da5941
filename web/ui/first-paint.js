// Runs before the first paint, as a file of its own: the content security policy allows no script in the page.
(() => {
  // Zod compiles schemas with `new Function` unless told not to; the policy forbids that and would report the attempt.
  globalThis.__zod_globalConfig = { jitless: true };
  let prefs = {};
  try {
    prefs = JSON.parse(localStorage.getItem('mluen.prefs') ?? '{}') ?? {};
  } catch {
    // Storage may be closed to us, or hold something else: the defaults do.
  }
  const asked = new URLSearchParams(location.search).get('lang');
  const language = asked ?? prefs.language ?? 'en';
  const dark =
    prefs.theme === 'dark' || (prefs.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const root = document.documentElement;
  root.dataset.mantineColorScheme = dark ? 'dark' : 'light';
  root.dataset.density = prefs.density === 'compact' ? 'compact' : 'comfortable';
  root.lang = language;
  root.dir = /^(ar|fa|he|ur)\b/.test(language) ? 'rtl' : 'ltr';
})();
