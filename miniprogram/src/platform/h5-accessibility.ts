// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
const CONTROL = '[role=button],[role=radio],[role=checkbox],[role=tab],[role=link]'
const CLOSE = '[role=dialog] [aria-label=关闭]'
const FOR_FIELD = ['aria-label', 'aria-invalid', 'aria-required', 'autocomplete']

/** Sets an attribute unless it is there: an observer must not see its own work. */
function give(element: Element, name: string, value: string) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

function improve() {
  for (const field of document.querySelectorAll('uni-input, uni-textarea')) {
    const inner = field.querySelector('input, textarea')
    for (const name of FOR_FIELD) {
      const value = field.getAttribute(name)
      if (inner && value !== null) give(inner, name, value)
    }
  }
  for (const image of document.querySelectorAll('uni-image')) {
    const inner = image.querySelector('img')
    if (inner) give(inner, 'alt', image.getAttribute('alt') ?? '')
  }
  for (const control of document.querySelectorAll(CONTROL)) give(control, 'tabindex', '0')
  for (const back of document.querySelectorAll('.uni-page-head-hd .uni-page-head-btn')) {
    give(back, 'role', 'button')
    give(back, 'aria-label', '返回')
  }
  for (const title of document.querySelectorAll('.uni-page-head__title')) {
    give(title, 'role', 'heading')
    give(title, 'aria-level', '1')
  }
}

/** uni-h5's elements have no roles, no labels inside and hear no keys: give them these. */
export function improveAccessibility() {
  improve()
  new MutationObserver(improve).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: FOR_FIELD,
  })
  document.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement
    if ((event.key === 'Enter' || event.key === ' ') && target.matches(CONTROL)) {
      event.preventDefault()
      target.click()
    }
    if (event.key === 'Escape') document.querySelector<HTMLElement>(CLOSE)?.click()
  })
}
