/** Writes XML: elements, attributes and text, with everything escaped that could be read as markup. */

/**
 * Characters that XML 1.0 does not allow, even escaped (production Char): most control characters, lone surrogates.
 */
const forbidden = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // `]]>` is not allowed in text
  '>': '&gt;',
  '"': '&quot;',
  // a parser replaces these with spaces in an attribute, and a carriage return with a newline in text
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

const escapedBy =
  (characters: RegExp) =>
  (text: string): string =>
    text.replace(forbidden, '\ufffd').replace(characters, (one) => entities[one] ?? one)

const inText = escapedBy(/[&<>\r]/g)
const inAttribute = escapedBy(/[&<>"\t\n\r]/g)

/** A piece of XML; made by {@link element} and {@link textOf} only, so that everything is escaped. */
export interface Xml {
  readonly xml: string
}

/** Text between tags. */
export const textOf = (text: string): Xml => ({ xml: inText(text) })

/**
 * An element. Attributes that are undefined are left out.
 *
 * @example
 * element('skipped', { message: 'not <here>' }).xml // '<skipped message="not &lt;here&gt;"/>'
 */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly Xml[] = [],
): Xml => {
  const attributeText = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : ` ${key}="${inAttribute(String(value))}"`))
    .join('')
  const inner = children.map(({ xml }) => xml).join('')
  return { xml: inner === '' ? `<${name}${attributeText}/>` : `<${name}${attributeText}>${inner}</${name}>` }
}
