/**
 * The scripts that shells load, for both names of the program: each passes the words to `run __complete` and offers what
 * it prints.
 */

// bash splits words at = and : too, so the line is split again at blanks, and the part that bash keeps is cut off
const bash = `_coxswain_run() {
  local words head kept candidates=()
  head=\${COMP_LINE:0:COMP_POINT}
  read -ra words <<<"$head"
  [[ $head == *[[:space:]] ]] && words+=('')
  local current=\${words[\${#words[@]}-1]}
  while IFS= read -r word; do candidates+=("$word"); done \\
    < <("$1" __complete -- "\${words[@]:1}" 2>/dev/null </dev/null)
  kept=
  [[ $current == *[=:]* ]] && kept=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  local word
  for word in "\${candidates[@]}"; do COMPREPLY+=("\${word#"$kept"}"); done
  [[ \${#candidates[@]} -gt 0 && \${candidates[0]} == *[/=] ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _coxswain_run run coxswain
`

const zsh = `#compdef run coxswain
_coxswain_run() {
  local -a candidates open
  candidates=("\${(@f)$("\${words[1]}" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
  open=("\${(@M)candidates:#*[/=]}")
  candidates=("\${(@)candidates:#*[/=]}")
  candidates=("\${(@)candidates:#}")
  (( \${#open} )) && compadd -S '' -- "\${open[@]}"
  (( \${#candidates} )) && compadd -- "\${candidates[@]}"
}
compdef _coxswain_run run coxswain
`

const fish = `function __coxswain_run
  set -l words (commandline -opc)
  $words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null </dev/null
end
complete -c run -c coxswain -f -a '(__coxswain_run)'
`

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish }

/** The supported shells. */
export const shells: readonly string[] = Object.keys(scripts)

/** The script of a shell; undefined for an unknown shell. */
export const completionScript = (shell: string): string | undefined => scripts[shell]
