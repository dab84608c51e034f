/** The last mask: every secret that is known when a text leaves the process is masked in it. */
import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { validateXML } from 'xmllint-wasm'
import * as assert from 'uvu/assert'
import { usualRetention } from '../../engine/cli/journal/folder.ts'
import { newHeader } from '../../engine/cli/journal/header.ts'
import { openJournal } from '../../engine/cli/journal/journal.ts'
import { outputs } from '../../engine/report/outputs.ts'
import type { OutputKind } from '../../engine/report/outputs.ts'
import { formatError } from '../../engine/report/format-error.ts'
import { htmlReport } from '../../engine/report/html/page.ts'
import { lastMask } from '../../engine/report/last-mask.ts'
import { eventOf } from '../../engine/report/read-json.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { Secret, mask } from '../../engine/secret.ts'
import { endings, printing, shownBy, taskThat } from '../run/leaky.ts'
import { anySecret, writings } from '../run/secret-words.ts'
import { run } from '../run/site.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('the last mask')
const temporary = folderOf(test)

const knowing = (...secrets: string[]): Redactor => {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.learn(new Secret(secret))
  return redactor
}

/** The events of a run that contain `words` everywhere; they are not masked before. */
const eventsOf = async (ending: (typeof endings)[number], words: string): Promise<readonly RunEvent[]> => {
  const { events } = await run(
    (play) => [
      play('p', { hosts: 'all', tasks: () => [taskThat(ending, { secret: 'not this one', words })] }),
    ],
    { hosts: { a: printing(words, []) } },
  )
  return events
}

let journals = 0
/** The content of a run's journal. */
const journalOf = async (events: readonly RunEvent[], redactor: Redactor): Promise<string> => {
  const folder = temporary.at(`state-${(journals += 1)}`)
  const plain = { limit: undefined, tags: [], skipTags: [], check: false }
  const journal = openJournal({
    folder,
    header: newHeader({ playbook: 'site.ts', inventory: [], within: null }, plain, []),
    retention: usualRetention,
    lastly: lastMask(redactor, 'json'),
    warn: (text) => assert.unreachable(text),
  })
  for (const event of events) journal?.record(event)
  await journal?.close(0)
  const name = readdirSync(folder).find((one) => one.endsWith('.jsonl'))
  return readFileSync(`${folder}/${name}`, 'utf8')
}

const errorsOf = (events: readonly RunEvent[], redactor: Redactor): string =>
  events
    .flatMap((event) => (event.type === 'task-end' && event.error !== undefined ? [event.error] : []))
    .map((error) => lastMask(redactor, 'text')(formatError(error, { color: false, verbosity: 2 })))
    .join('\n')

const everySink = async (events: readonly RunEvent[], redactor: Redactor): Promise<string> =>
  [await shownBy(events, redactor), await journalOf(events, redactor), errorsOf(events, redactor)].join('\n')

/** A fact is printed as JSON: JSON within JSON would be one level more than masks search. */
const waysOf = (ending: (typeof endings)[number]): string[] =>
  Object.keys(writings).filter((way) => ending !== 'fact' || way !== 'JSON within JSON')

for (const ending of endings) {
  test(`a secret that becomes known after a task that ${ending} is in no output`, async () => {
    const own = await everySink(await eventsOf(ending, '<Zq7-nowhere-else>'), knowing('Zq7-nowhere-else'))
    await fc.assert(
      fc.asyncProperty(anySecret, fc.constantFrom(...waysOf(ending)), async (text, writing) => {
        const core = writings[writing]?.(text.trim()) ?? text
        // a word that is there anyway proves nothing
        fc.pre(!own.includes(text.trim()) && !own.includes(core))
        const events = await eventsOf(ending, `<${writings[writing]?.(text) ?? text}>`)
        const shown = await everySink(events, knowing(text))
        assert.match(shown, mask)
        assert.not.ok(shown.includes(core), shown)
        assert.not.ok(shown.includes(text.trim()), shown)
      }),
      { numRuns: 8 },
    )
  })
}

/** What a program reads of a run if these are secrets. */
const written = async (
  kind: OutputKind,
  events: readonly RunEvent[],
  redactor: Redactor,
): Promise<string> => {
  let text = ''
  const { form, load } = outputs[kind]
  const create = await load()
  const reporter = create({
    write: (part) => (text += lastMask(redactor, form)(part)),
    color: false,
    width: 80,
    height: 24,
    diff: true,
    verbosity: 2,
  })
  for (const event of events) dispatch(reporter, event)
  await reporter.close()
  return text
}

/** Words of the structure of reports. */
const structure = [
  'task-end',
  'changed',
  'outcome',
  'testcase',
  'message',
  'const',
  'function',
  '100',
  'waiting',
  'error',
]

test('a report stays readable for programs if secrets equal parts of its structure', async () => {
  const events = await eventsOf('fails', structure.join(' '))
  const redactor = knowing(...structure)
  const lines = (await written('json', events, redactor)).split('\n').filter((line) => line !== '')
  assert.equal(
    lines.map((line) => eventOf(JSON.parse(line))?.type),
    events.map(({ type }) => type),
  )
  const junit = await written('junit', events, redactor)
  assert.match(junit, mask)
  const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8')
  const { valid, errors } = await validateXML({
    xml: [{ fileName: 'r.xml', contents: junit }],
    schema: [schema],
  })
  assert.ok(valid, JSON.stringify(errors))
  const page = htmlReport(events)
  const masked = lastMask(redactor, 'html')(page)
  const parts = /^(.*<title>)([^<]*)(.*id="data">)([^<]*)(.*)$/s
  const [before, after] = [parts.exec(page), parts.exec(masked)]
  assert.equal([after?.[1], after?.[3], after?.[5]], [before?.[1], before?.[3], before?.[5]])
  const { texts, outcomes } = JSON.parse(after?.[4] ?? '')
  assert.ok(outcomes.includes('changed'))
  for (const text of texts) for (const word of structure) assert.not.ok(text.includes(word), text)
})

test('host names and numbers stay', async () => {
  const line = '{"type":"x","host":"web1","hosts":["web1","web2"],"time":1234567,"line":"web1 web2 1234567"}'
  assert.is(
    lastMask(knowing('web1', 'web2', '1234567'), 'json')(line),
    `{"type":"x","host":"web1","hosts":["web1","web2"],"time":1234567,"line":"${mask} ${mask} ${mask}"}`,
  )
})
