# Creates an SSH key pair in ~/.ssh, or its public key from the private one, and sets the modes of both.
#
# $1 the user
# $2 what to create: pair, public, or nothing
# $3 comment of a new pair
# $4 name of the private key
# $5... options of ssh-keygen for its type and bits

. ../system/accounts/ssh-make-folder.sh
w=$2 c=$3 f=$d/$4
shift 4
if [ "$w" = pair ]; then
  . ./ssh-new-pair.sh
fi
chmod 0600 "$f"
if [ "$w" = public ]; then
  . ../system/accounts/ssh-draft.sh
  ssh-keygen -y -P '' -f "$f" >"$t"
  mv -f "$t" "$f.pub"
fi
chmod 0644 "$f.pub"
