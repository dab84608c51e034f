# Defines what lists the firewall rules that Kubernetes and pod networks made, by the names that they give to chains, tables and sets.
#
# $1 `network` for those of pod networks alone: a node that stays needs those of kube-proxy and the kubelet; `all` for all
if [ "${1-}" = network ]; then
  # names do not begin with a blank
  kube='^ ' table_names='^(calico|flannel-ipv[46])$' set_names='^(cali[46]0|WEAVE-)'
else
  kube='^KUBE-' table_names='^(kube-proxy|calico|flannel-ipv[46])$' set_names='^(KUBE-|cali[46]0|WEAVE-)'
fi

# the programs that can have rules: of both families, and of both backends where there are two
programs() {
  for program in iptables-nft iptables-legacy ip6tables-nft ip6tables-legacy; do
    command -v "$program-save" >/dev/null && echo "$program"
  done
  command -v iptables-nft-save >/dev/null || command -v iptables-legacy-save >/dev/null || for program in iptables ip6tables; do
    command -v "$program-save" >/dev/null && echo "$program"
  done
}

# own_rules PROGRAM: commands for PROGRAM-restore that delete those rules and chains, and nothing else
own_rules() {
  "$1-save" 2>/dev/null | kube=$kube awk '
    function own(name) { return name ~ ENVIRON["kube"] || name ~ /^(cali-|CILIUM_|OLD_CILIUM_|FLANNEL-|WEAVE-|WEAVE$)/ }
    # a comment of flannel, of cilium, or the hash that calico gives to each of its rules
    function own_comment(text) {
      return text == "flanneld masq" || text == "flanneld forward" || text ~ /^cilium(-feeder)?: / \
        || (length(text) == 21 && text ~ /^cali:[A-Za-z0-9_-]+$/)
    }
    # reads the words of a line into word[1], word[2] and so on: those with other signs are in double quotes, with \ before " and \
    function read_words(line,  i, c, quoted, open) {
      split("", word)
      count_words = 0
      for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == " " && !quoted) { open = 0; continue }
        if (!open) { open = 1; word[++count_words] = "" }
        if (c == "\"") { quoted = !quoted; continue }
        if (c == "\\" && quoted) c = substr(line, ++i, 1)
        word[count_words] = word[count_words] c
      }
    }
    # whether a rule of a foreign chain is their own: by its target, or by a comment
    function own_rule(line,  i, by_comment) {
      read_words(line)
      if (own(word[2])) return 0
      for (i = 3; i < count_words; i++) {
        if (word[i] == "-j" || word[i] == "-g") return own(word[i + 1]) || by_comment
        if (word[i] !~ /^--(comment|string|hex-string)$/) continue
        if (word[i] == "--comment" && own_comment(word[i + 1])) by_comment = 1
        # the value can look like an option
        i++
      }
      return by_comment
    }
    /^\*/ { table = $0; count = 0; rules = "" }
    /^:/ { name = substr($1, 2); if (own(name)) chains[++count] = name }
    /^-A/ && own_rule($0) { sub(/^-A/, "-D"); rules = rules $0 "\n" }
    /^COMMIT/ && (count || rules != "") {
      print table
      printf "%s", rules
      for (i = 1; i <= count; i++) print "-F " chains[i]
      for (i = 1; i <= count; i++) print "-X " chains[i]
      print
    }'
}

# tables of nftables, as "FAMILY NAME"
own_tables() {
  command -v nft >/dev/null || return 0
  nft list tables 2>/dev/null | names=$table_names awk '$3 ~ ENVIRON["names"] { print $2, $3 }'
}

# sets of ipset
own_sets() {
  command -v ipset >/dev/null || return 0
  ipset list -n 2>/dev/null | grep -E "$set_names" || true
}
