// The compiled engine with the task library; `npm ci` in a checkout compiles it (`npm run build` does it again).
'use strict'

const start = async () => {
  const [{ main }, library] = await Promise.all([
    import('../dist/engine/cli/main.js'),
    import('../dist/tasks/index.js'),
  ])
  process.exitCode = await main(process.argv.slice(2), library)
}

exports.start = () => void start()
