#!/usr/bin/env bash
# Runs one named stage and keeps its time, so that every run can say where it went: stage.sh NAME COMMAND...
#   stage.sh --start   begins a new list      stage.sh --report   prints the list
set -u
list="${SEALDROP_STAGES:-target/stages.tsv}"
mkdir -p "$(dirname "$list")"
case "${1:?a stage name, --start or --report}" in
  --start) : > "$list"; exit 0 ;;
  --report)
    printf '\n%-44s %9s  %s\n' stage seconds result
    awk -F'\t' '{ printf "%-44s %9d  %s\n", $1, $2, $3; all += $2 } END { printf "%-44s %9d\n", "together", all }' "$list"
    exit 0 ;;
esac
name=$1; shift
printf '\n=== %s\n' "$name"
begin=$(date +%s)
"$@"; code=$?
end=$(date +%s)
result=ok; [ "$code" -eq 0 ] || result="failed ($code)"
printf '%s\t%d\t%s\n' "$name" "$((end - begin))" "$result" >> "$list"
printf '=== %s: %s in %d s\n' "$name" "$result" "$((end - begin))"
exit "$code"
