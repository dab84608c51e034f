# Adds the keys of a file to pacman's keyring, and signs them locally, so that pacman accepts what they sign.
#
# $1 the file with one or more public keys
set -e
d=$(pacman-conf GPGDir)
# a keyring of pacman has a key of its own, which signs the others
[ -s "$d/trustdb.gpg" ] || pacman-key --init >/dev/null 2>&1
pacman-key --add "$1"
gpg --batch --with-colons --show-keys "$1" 2>/dev/null | while IFS=: read -r kind _ _ _ _ _ _ _ _ id _; do
  case $kind in
  pub) p=1 ;;
  fpr)
    # the first fingerprint after `pub` is that of the key itself; more belong to its subkeys
    if [ -n "$p" ]; then pacman-key --lsign-key "$id" >/dev/null; fi
    p=
    ;;
  esac
done
