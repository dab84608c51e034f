# Prints the bytes of what ssh-read.sh prints in hexadecimal digits. It has the same parameters.

{
  . ./ssh-read.sh
} | od -An -v -tx1
