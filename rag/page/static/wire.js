// Runs inside the page's hidden component: hands questions to the program's queue, and what it shows to the page.
window.wenbaoWire = {
  ask: (said) => trigger('asked', said),
  stop: () => trigger('halted'),
};
watch('value', () => document.dispatchEvent(new CustomEvent('wenbao:shown', { detail: props.value })));
document.dispatchEvent(new Event('wenbao:ready'));
