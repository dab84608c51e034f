# Prints the installed packages of a host, one a line, in fields between tabs: name, version, architecture. Exits with 101 if it has no
# database of packages that is known.
#
# $@ names of packages; without any, all

wanted=
for name; do wanted="$wanted $name"; done
[ -z "$wanted" ] || wanted="$wanted "
export wanted
pick() { awk -F '\t' 'ENVIRON["wanted"] == "" || index(ENVIRON["wanted"], " " $1 " ")'; }

family=$(sed -n 's/^ID_LIKE=//p; s/^ID=//p' /etc/os-release 2>/dev/null | tr -d "\"'" | tr '\n' ' ')
case " $family " in
  *' debian '* | *' ubuntu '*) manager=dpkg-query ;;
  *' rhel '* | *' fedora '* | *' centos '* | *suse*) manager=rpm ;;
  *' alpine '*) manager=apk ;;
  *' arch '*) manager=pacman ;;
  *)
    manager=
    for one in dpkg-query apk pacman rpm; do
      if [ -z "$manager" ] && command -v $one >/dev/null; then manager=$one; fi
    done
    ;;
esac
case $manager in
  dpkg-query)
    dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n' |
      awk -F '\t' -v OFS='\t' 'substr($1, 2, 1) == "i" { print $2, $3, $4 }' | pick
    ;;
  apk)
    [ -r /lib/apk/db/installed ] || exit 101
    awk -v OFS='\t' '/^P:/ { p = substr($0, 3) } /^V:/ { v = substr($0, 3) } /^A:/ { a = substr($0, 3) }
      /^$/ { if (p != "") print p, v, a; p = "" } END { if (p != "") print p, v, a }' /lib/apk/db/installed | pick
    ;;
  # it does not print the architecture
  pacman) pacman -Q | tr ' ' '\t' | pick ;;
  rpm)
    rpm -qa --qf '%{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\t%{ARCH}\n' |
      awk -F '\t' -v OFS='\t' '{ sub(/^[(]none[)]:/, "", $2); sub(/^[(]none[)]$/, "", $3); print }' | pick
    ;;
  *) exit 101 ;;
esac
