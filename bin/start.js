// The bundled engine; `npm ci` in a checkout makes it (`npm run build` does it again).
'use strict'

const start = async () => {
  const { main } = await import('../dist/main.js')
  process.exitCode = await main(process.argv.slice(2), () => import('../dist/tasks.js'))
}

exports.start = () => void start()
