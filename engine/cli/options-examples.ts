/** What stands below the options in `run --help`. */
export const examples = `
Examples:
  run playbooks/ha-masters.ts -i inventory.yaml            bring the hosts to the playbook's state
  run playbooks/ha-masters.ts -i inventory.yaml --check    say what that would change, and change nothing
  run sysctl key=net.ipv4.ip_forward value=1 -i inventory.yaml --hosts masters -b
  run docs sysctl                                          all about a task: parameters, example, what it reads
  run exec masters -i inventory.yaml -- uptime
  run init my-site                                         a folder to begin with
  run inventory -i inventory.yaml --host m1 --explain user  where a value comes from

Exit status: 0 ok, 1 usage or load error, 2 failed, 3 would change (--check --exit-code), 4 unreachable, 130 interrupted`
