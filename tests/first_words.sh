# What a started program says on its first line, as far as it matches; what it said instead if it ends before or says nothing for ten seconds.
first_words() { # FILE PID PATTERN
  local words
  for _ in $(seq 100); do
    words=$(sed -n "s/$3/\1/p" "$1")
    [ -n "$words" ] && { echo "$words"; return; }
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  cat "$1" >&2
  return 1
}
