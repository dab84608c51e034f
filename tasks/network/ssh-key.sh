# Creates an SSH key pair in ~/.ssh, or its public key from the private one, and sets the modes of both.
#
# $1 the user
# $2 what to create: pair, public, or nothing
# $3 comment of a new pair

. ../system/accounts/ssh-make-folder.sh
f=$d/id_ed25519
if [ "$2" = pair ]; then ssh-keygen -q -t ed25519 -N '' -C "$3" -f "$f"; fi
chmod 0600 "$f"
if [ "$2" = public ]; then
  . ../system/accounts/ssh-draft.sh
  ssh-keygen -y -P '' -f "$f" >"$t"
  mv -f "$t" "$f.pub"
fi
chmod 0644 "$f.pub"
