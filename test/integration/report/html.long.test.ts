/** The page of a run, in a real browser. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import type { CardGroup } from '../../../engine/dsl/cards.ts'
import { htmlReport } from '../../../engine/report/html/page.ts'
import type { RunEvent } from '../../../engine/run/events.ts'
import {
  commandFailed,
  playEnd,
  playStart,
  runEnd,
  runStart,
  taskEnd,
  taskOutput,
  taskRef,
  taskStart,
} from '../../report/run-events.ts'
import { madeUpRun } from '../../report/html/made-up-run.ts'
import { openBrowser } from '../../support/browser.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the page of a run', { needs: ['chromium'] })

const folder = mkdtempSync(join(tmpdir(), 'coxswain-page-'))
let browser: Browser | undefined

test.before(async () => {
  browser = await openBrowser()
})
test.after(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Seen {
  readonly page: Page
  /** The size of the file in bytes. */
  readonly size: number
  /** The output of the console, and the requests besides the file. */
  readonly trouble: string[]
}

/** Opens the page of a run, and runs a function in it. */
const look = async (
  events: readonly RunEvent[],
  body: (seen: Seen) => Promise<void>,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<void> => {
  if (browser === undefined) throw new Error('there is no browser')
  const file = join(folder, 'run.html')
  writeFileSync(file, htmlReport(events))
  const { href } = pathToFileURL(file)
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } })
  const trouble: string[] = []
  page.on('console', (message) => trouble.push(message.text()))
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('request', (request) => request.url() === href || trouble.push(`asked for ${request.url()}`))
  try {
    await page.goto(href)
    await body({ page, size: statSync(file).size, trouble })
    assert.equal(trouble, [])
  } finally {
    await page.close()
  }
}

const few = madeUpRun({ hosts: 4, tasks: 12, failing: 3 })
const rows = (page: Page) => page.locator('.row:visible')
const bars = (page: Page) => page.locator('.row .bar:not(.faint)')

test('it has a row for each host, a bar for each task, and the outcomes', () =>
  look(few, async ({ page }) => {
    assert.equal(await rows(page).locator('.name').allTextContents(), [
      'node001',
      'node002',
      'node003',
      'node004',
    ])
    assert.is(await bars(page).count(), 43)
    assert.is(await page.locator('h1').textContent(), 'ha-mastersfailed')
    assert.is(await page.title(), 'ha-masters – Coxswain')
    assert.match((await page.locator('header').textContent()) ?? '', 'not run: the cluster is whole')
    assert.match((await page.locator('header').textContent()) ?? '', 'due: restart haproxy on node003')
  }))

const ending = '.production.eu-central-1.example.com'

/** The same run on hosts with long names, with how it was started. */
const withLongNames = (): RunEvent[] => {
  const text = JSON.stringify(madeUpRun({ hosts: 4, tasks: 12, failing: 3 }))
  const events: RunEvent[] = JSON.parse(text.replaceAll(/node(\d+)/g, `kubernetes-node-$1${ending}`))
  const invocation = {
    version: '1.2.3',
    inventory: ['hosts.yaml'],
    command: ['run', 'ha-masters', '-e', 'token=…'],
  }
  return events.map((event) => (event.type === 'run-start' ? { ...event, invocation } : event))
}

test('it fits into 700 pixels with long names, which are complete, and says how the run was started', () =>
  look(withLongNames(), async ({ page }) => {
    await page.setViewportSize({ width: 700, height: 900 })
    assert.is(await page.evaluate('document.documentElement.scrollWidth'), 700)
    const labels = await rows(page).locator('.name').allTextContents()
    assert.is(labels[0], `kubernetes-node-001${ending}`)
    const clipped = await page.evaluate(
      "[...document.querySelectorAll('.row .name, .title, h1, h3')].filter((label) => label.scrollWidth > label.clientWidth + 1 && getComputedStyle(label).display !== 'inline').map((label) => label.className + ' ' + label.textContent)",
    )
    assert.equal(clipped, [])
    const header = (await page.locator('header').textContent()) ?? ''
    assert.match(header, 'command: run ha-masters -e token=…')
    assert.match(header, 'inventory: hosts.yaml')
    assert.match(header, 'version: Coxswain 1.2.3')
  }))

test('what a failed command printed is shown once', () => {
  const events = few.flatMap((event): RunEvent[] => {
    if (event.type === 'task-output') return []
    if (event.type !== 'task-end' || event.error === undefined) return [event]
    const lines = ['one', 'two'].map((line) => ({
      type: 'task-output' as const,
      time: event.time,
      task: event.task,
      stream: 'stderr' as const,
      line,
    }))
    return [...lines, { ...event, error: { ...event.error, output: 'one\ntwo\n' } }]
  })
  return look(events, async ({ page }) => {
    const failure = page.locator('.failures .task').first()
    assert.is(await failure.getByText('two', { exact: true }).count(), 1)
    assert.match((await failure.textContent()) ?? '', 'Output')
    assert.not.match((await failure.textContent()) ?? '', 'What it printed')
  })
})

test('bars of parallel tasks do not overlap', () =>
  look(few, async ({ page }) => {
    const tops = await page.evaluate(
      `new Set([...document.querySelectorAll('.row .bar')].map((bar) => bar.style.top)).size`,
    )
    assert.is(tops, 2)
  }))

test('a failure is open with its output; others open on request', () =>
  look(madeUpRun({ hosts: 6, tasks: 12, failing: 3 }), async ({ page }) => {
    const failures = page.locator('.failures .task')
    assert.is(await failures.count(), 2)
    assert.match((await failures.first().textContent()) ?? '', '[ERROR Port-6443]: Port 6443 is in use')
    assert.not.match((await failures.last().textContent()) ?? '', 'Port 6443')
    await failures.last().locator('summary').click()
    await failures.last().getByText('Port 6443 is in use').waitFor()
    await failures.last().getByText('run it by hand on the host to see more').waitFor()
    await failures.last().getByText('node006 line 2 of load balancer on port 6443').waitFor()
  }))

test('a host opens to its tasks, a task to its changes; a bar leads to its task', () =>
  look(few, async ({ page }) => {
    await page.getByRole('button', { name: 'node002' }).click()
    const tasks = page.locator('.row', { hasText: 'node002' }).locator('.task')
    assert.is(await tasks.count(), 12)
    await tasks.first().locator('summary').click()
    await tasks.first().locator('.diff .removed').getByText('-kubernetesVersion: 1.20.1').waitFor()
    await tasks.first().locator('.diff .added').getByText('+kubernetesVersion: 1.20.2').waitFor()
    await page.locator('.bar.failed').click()
    await page.locator('.row .task.failed').getByText('Port 6443 is in use').waitFor()
  }))

test('equal changes share their diff', () =>
  look(madeUpRun({ hosts: 30, tasks: 8 }), async ({ page }) => {
    const change = page.locator('.changes .task', { hasText: 'package containerd' })
    await change.locator('summary').click()
    await change.locator('.diff').waitFor()
    assert.is(await change.locator('.diff').count(), 1)
  }))

test('headings of new content do not count as added or removed lines', () =>
  look(madeUpRun({ hosts: 30, tasks: 8 }), async ({ page }) => {
    const change = page.locator('.changes .task', { hasText: 'net.ipv4.ip_forward = 1' })
    await change.locator('summary').click()
    await change.locator('.diff').waitFor()
    assert.equal(await change.locator('.diff .place').allTextContents(), [
      '--- /dev/null\n',
      '+++ /etc/sysctl.d/90.conf\n',
      '@@ -0,0 +1 @@\n',
    ])
    assert.equal(await change.locator('.diff .added').allTextContents(), ['+net.ipv4.ip_forward = 1\n'])
  }))

test('filters: outcomes, hosts, text; and back', () =>
  look(few, async ({ page }) => {
    const found = page.locator('.found')
    await page.getByRole('button', { name: /^failed/ }).click()
    assert.is(await found.textContent(), '1 task of 43')
    assert.equal(await rows(page).locator('.name').allTextContents(), ['node003'])
    assert.is(await bars(page).count(), 1)
    assert.is(await page.locator('.changes').isVisible(), false)
    await page.keyboard.press('Escape')
    assert.is(await found.textContent(), '')
    assert.is(await rows(page).count(), 4)
    await page.getByLabel('Hosts').fill('node001, node4 node004')
    assert.equal(await rows(page).locator('.name').allTextContents(), ['node001', 'node004'])
    await page.getByLabel('Hosts').fill('')
    await page.getByLabel('Search').fill('PORT-6443 in use')
    assert.equal(await rows(page).locator('.name').allTextContents(), ['node003'])
    await page.getByLabel('Search').fill('no such thing')
    await page.getByText('No task matches.').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    assert.is(await bars(page).count(), 43)
  }))

test('it can be used with the keyboard', () =>
  look(few, async ({ page }) => {
    await page.keyboard.press('/')
    await page.keyboard.type('node002')
    assert.is(await page.locator('.found').textContent(), '12 tasks of 43')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.tasks .task[open] .diff').first().waitFor()
  }))

test('it is dark if the reader prefers dark mode', async () => {
  const backOf = async (page: Page): Promise<number> =>
    Number(await page.evaluate('/[0-9]+/.exec(getComputedStyle(document.body).backgroundColor)[0]'))
  await look(few, async ({ page }) => assert.ok((await backOf(page)) > 200))
  await look(few, async ({ page }) => assert.ok((await backOf(page)) < 60), 'dark')
})

const nasty =
  '</script><script>window.hacked=1</script><img src=x onerror="hacked=1"><!--\u2028&lt;b&gt;\'"`${x}'

test('no text of a run becomes markup or script', async () => {
  const task = taskRef(nasty, nasty)
  const changes = [{ what: nasty, from: `${nasty}\n`, to: `${nasty}2\n` }]
  const error = commandFailed({
    message: nasty,
    hint: nasty,
    output: nasty,
    causes: [nasty],
    place: { file: nasty, excerpt: nasty },
  })
  const events = [
    runStart({ playbook: nasty, hosts: [nasty], plays: [nasty, nasty] }),
    playStart({ name: nasty, hosts: [nasty], tasks: { [nasty]: 1 } }),
    taskStart(task),
    taskOutput(task, nasty),
    taskEnd(task, 'failed', { changes, error, why: nasty }),
    playEnd([nasty]),
    runEnd({ notRun: [nasty], due: { [nasty]: [nasty] }, stopped: error }),
  ]
  await look(events, async ({ page }) => {
    await page.locator('.host').click()
    await page.locator('.tasks summary').click()
    assert.is(await page.evaluate(`'hacked' in window`), false)
    assert.is(await page.locator('img, [onerror], main script, header script').count(), 0)
    const shown = nasty.replace('\u2028', '')
    const text = ((await page.locator('body').innerText()) ?? '').replaceAll('\u2028', '')
    assert.ok(text.split(shown).length > 12, text)
    assert.ok((await page.title()).includes('<img src=x'))
  })
})

test('injected scripts are not run: the page allows its own script only', () =>
  look(few, async ({ page, trouble }) => {
    const said = page.waitForEvent('console')
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }))`,
    )
    assert.match((await said).text(), 'Content Security Policy')
    assert.is(await page.evaluate(`'hacked' in window`), false)
    trouble.length = 0
  }))

test('cards are drawn above everything else, with what is wrong', () => {
  const task = taskRef('m1', 'the cluster')
  const card = (title: string, state: CardGroup['cards'][number]['state'], notes: string[]) => ({
    title,
    state,
    lines: [{ label: 'etcd', text: '<b>healthy</b>' }],
    notes,
  })
  const events: RunEvent[] = [
    runStart(),
    playStart(),
    taskStart(task),
    {
      ...taskEnd(task, 'ok'),
      value: 1,
      cards: [
        { title: 'Masters', cards: [card('m1', 'good', []), card('m2', 'fault', ['kubelet is inactive'])] },
      ],
    },
    playEnd(),
    runEnd(),
  ]
  return look(events, async ({ page }) => {
    assert.equal(await page.locator('main > section').first().getAttribute('id'), 'cards')
    assert.equal(await page.locator('#cards h3').allInnerTexts(), ['Masters'])
    assert.equal(await page.locator('#cards dd').allInnerTexts(), ['<b>healthy</b>', '<b>healthy</b>'])
    assert.is(await page.locator('#cards .card.fault .note').innerText(), 'kubelet is inactive')
    const colour = (kind: string): Promise<unknown> =>
      page.evaluate(`getComputedStyle(document.querySelector('#cards .card.${kind}')).borderTopColor`)
    assert.is.not(await colour('good'), await colour('fault'))
  })
})

test('an interrupted run shows what was running', () => {
  const task = taskRef('m1', 'kubeadm init')
  return look([runStart(), playStart(), taskStart(task), taskOutput(task, 'at work')], async ({ page }) => {
    assert.is(await page.locator('h1').textContent(), 'ha-mastersfailed')
    await page.locator('.failures').getByText('at work').waitFor()
  })
})

test('100 hosts × 50 tasks: less than 3 MB, and the page responds', () =>
  look(madeUpRun({ hosts: 100, tasks: 50, lines: 40, failing: 25 }), async ({ page, size }) => {
    assert.ok(size < 3_000_000, `${size} bytes`)
    assert.is(await rows(page).count(), 100)
    assert.ok((await page.locator('.row .bar').count()) > 4800)
    // closed details are not rendered: a limit for what a browser must lay out
    assert.ok(Number(await page.evaluate(`document.querySelectorAll('*').length`)) < 12_000)
    await page.getByLabel('Search').fill('certificates')
    await page.getByText('tasks of').waitFor()
    await page.getByRole('button', { name: /^failed/ }).click()
    await page.keyboard.press('Escape')
    assert.is(await rows(page).count(), 100)
    // failures keep their output, however much the others printed
    assert.match((await page.locator('.failures .task').first().textContent()) ?? '', 'Port 6443 is in use')
  }))
