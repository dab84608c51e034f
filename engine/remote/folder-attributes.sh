# folder_attributes: sets owner and mode of the current folder. It needs $who, owner and group in the syntax of chown or empty,
# and $mode, four digits, five, or empty.
#
# Four digits keep set-user-id and set-group-id unless they set them, as GNU chmod(1) does; five digits replace them.

folder_attributes() {
  case $mode in
  '') ;;
  ?????) m=$mode ;;
  *)
    s=$(stat -c %a .)
    case $s in ????) s=${s%???} ;; *) s=0 ;; esac
    m=0$(((s & 6) | ${mode%???}))${mode#?}
    ;;
  esac
  if [ -n "$who" ]; then chown "$who" .; fi
  if [ -n "$mode" ]; then chmod "$m" .; fi
}
