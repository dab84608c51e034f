/** `npm run chaos -- […]` disturbs runs on hosts, and `npm run chaos -- cluster […]` operations of clusters. */
const [what, ...words] = process.argv.slice(2)
const failed =
  what === 'cluster'
    ? await (await import('./cluster/disturb-clusters.ts')).disturbClusters(words)
    : await (await import('./disturb-hosts.ts')).disturbHosts(process.argv.slice(2))
process.exitCode = failed > 0 ? 1 : 0
