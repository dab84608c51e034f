# Reads lines `OBJECT MODE PATH`. For each, prints 1 if the path does not exist, or has what the object has, or the beginning of it,
# and 0 otherwise.
#
# $1 the folder of the checkout

cd -- "$1" || exit
while read -r o m p; do
  if [ ! -e "./$p" ] && [ ! -L "./$p" ]; then
    echo 1
    continue
  fi
  # shellcheck disable=SC2015 # an echo does not fail
  case $m in
  100*) [ ! -L "./$p" ] && [ -f "./$p" ] && git cat-file blob "$o" | head -c "$(($(wc -c <"./$p")))" | cmp -s - "./$p" ;;
  120000) [ -L "./$p" ] && [ "$(readlink -- "./$p")" = "$(git cat-file blob "$o")" ] ;;
  *) false ;;
  esac && echo 1 || echo 0
done
