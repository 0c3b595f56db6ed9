#!/usr/bin/env bash
# Runs one named stage and keeps its time, so that every run can say where it went: stage.sh NAME COMMAND...
#   stage.sh --start   begins a new list      stage.sh --report   prints the list
# A command that could not do its work writes why into the file $STAGE_LEFT_OUT, and the list says that instead of "ok".
set -u
# Idle and all ticks of the cores so far. A stage that leaves cores idle waits for something: that is where time can be had.
ticks() { awk '/^cpu / { print $5 + $6, $2 + $3 + $4 + $5 + $6 + $7 + $8; exit }' /proc/stat 2>/dev/null || echo "0 0"; }
list="${SEALDROP_STAGES:-target/stages.tsv}"
mkdir -p "$(dirname "$list")"
case "${1:?a stage name, --start or --report}" in
  --start) printf '\t%d\n' "$(date +%s)" > "$list"; exit 0 ;;
  --report)
    printf '\n%-44s %9s %6s  %s\n' stage seconds busy result
    # Some stages run beside others: what it took together is what a clock says, not their sum.
    awk -F'\t' -v now="$(date +%s)" '$1 == "" { begun = $2; next } { printf "%-44s %9d %6s  %s\n", $1, $2, $4, $3 }
      END { printf "%-44s %9d\n", "together, by the clock", now - begun }' "$list"
    exit 0 ;;
esac
name=$1; shift
printf '\n=== %s\n' "$name"
STAGE_LEFT_OUT=$(mktemp)
export STAGE_LEFT_OUT
trap 'rm -f "$STAGE_LEFT_OUT"' EXIT
begin=$(date +%s)
read -r idle_before all_before < <(ticks)
"$@"; code=$?
end=$(date +%s)
read -r idle all < <(ticks)
busy=""
[ "$all" -le "$all_before" ] || busy="$(( 100 - 100 * (idle - idle_before) / (all - all_before) )) %"
result=ok
[ ! -s "$STAGE_LEFT_OUT" ] || result="left out: $(head -n 1 "$STAGE_LEFT_OUT")"
[ "$code" -eq 0 ] || result="failed ($code)"
printf '%s\t%d\t%s\t%s\n' "$name" "$((end - begin))" "$result" "$busy" >> "$list"
printf '=== %s: %s in %d s, cores %s busy\n' "$name" "$result" "$((end - begin))" "${busy:-?}"
exit "$code"
