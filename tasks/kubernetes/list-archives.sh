# Prints a line for each archive of images in a folder: its name, a tab, and its manifest.
#
# $1 the folder
#
# Exit status: 3 if the folder does not exist.

cd "$1" 2>/dev/null || exit 3
for f in *.tar; do
  [ -e "$f" ] || continue
  printf '%s\t' "$f"
  tar -xOf "$f" --occurrence=1 manifest.json | tr -d '\n'
  echo
done
