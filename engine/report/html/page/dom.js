/** Creates elements from text only, so that text of a run is never parsed as markup. */

/**
 * Creates an element with classes and content; a string becomes a text node.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} classes
 * @param {...(Node | string)} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const make = (tag, classes, ...content) => {
  const element = document.createElement(tag)
  if (classes !== '') element.className = classes
  element.append(...content)
  return element
}

/**
 * Creates a `details` element; its content is created when it is first opened.
 *
 * @param {string} classes
 * @param {readonly (Node | string)[]} summary
 * @param {() => readonly Node[]} content
 */
export const folded = (classes, summary, content) => {
  const details = make('details', classes, make('summary', '', ...summary))
  let made = false
  const fill = () => {
    if (made || !details.open) return
    made = true
    details.append(make('div', 'inside', ...content()))
  }
  details.addEventListener('toggle', fill)
  return {
    details,
    open: () => {
      details.open = true
      fill()
    },
  }
}
