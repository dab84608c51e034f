/** Elements, made of text only: nothing of a run is ever read as markup. */

/**
 * An element with classes and content; texts become text.
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
 * Something that opens; its content is made when it is opened for the first time.
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
