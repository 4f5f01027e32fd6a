#!/usr/bin/env bash
# Baseline: what a competent sysadmin would write. inotifywait + curl + jq, strictly one clip at a time.
# The rival that dakbox is measured against (benches/) and that the campaign is proved on (tests/it/campaign/rival.rs): the
# project's own baseline pipeline, taken over as it was. The one change is that its start-up sleep is a variable, as its poll
# always was: both can be taken out, and dakbox gets no head start.
# usage: INBOX=.. OUTBOX=.. STATE=.. API=http://127.0.0.1:18080 ./watch.sh     RECOVER=requeue|leave
set -uo pipefail
: "${INBOX:?}" "${OUTBOX:?}" "${STATE:?}" "${API:=http://127.0.0.1:18080}" "${POLL:=30}" "${RECOVER:=requeue}" "${WARMUP:=0.3}" "${MAXB:=524288000}"
mkdir -p "$INBOX" "$OUTBOX" "$STATE"/{doing,done,failed}
exec 9>"$STATE/lock"; flock -n 9 || { echo "already running" >&2; exit 1; }
log() { printf '%(%FT%T%z)T %s\n' -1 "$*" >&2; }
CURL=(curl -sS --fail --connect-timeout 10)
GET=("${CURL[@]}" --retry 5 --retry-delay 1 --max-time 60)
token() { # cached in a 0600 file
  [ -s "$STATE/token" ] && { cat "$STATE/token"; return; }
  [ -s "$STATE/client_id" ] || cat /proc/sys/kernel/random/uuid >"$STATE/client_id"
  local t; t=$("${GET[@]}" -X POST -H "X-Client-Id: $(<"$STATE/client_id")" "$API/api/auth/anonymous-token" | jq -er .data.token) || return 1
  (umask 077; printf %s "$t" >"$STATE/token.tmp"; mv "$STATE/token.tmp" "$STATE/token"); printf %s "$t"
}
process() { # $1 = basename of the clip, already in $STATE/doing
  local f="$STATE/doing/$1" stem=${1%.*} tok sid draft rid st url
  local txt="$STATE/doing/$stem.txt"
  tok=$(token) || return 1
  local A=(-H "Authorization: Bearer $tok" -H 'Content-Type: application/json')
  sid=$("${GET[@]}" "${A[@]}" -d '{}' "$API/api/tasks/me/with-session/nemo_agent" | jq -er .data.session_id) || return 1
  "${CURL[@]}" --retry 3 --max-time 1800 -H "Authorization: Bearer $tok" -F "files=@\"$f\"" "$API/api/upload-video/nemo_agent/me/$sid" | jq -e '.code==0' >/dev/null || return 1
  jq -n --arg s "$sid" --rawfile m "$txt" '{app_name:"nemo_agent",user_id:"me",session_id:$s,new_message:{parts:[{text:$m}]}}' |
    "${CURL[@]}" -N --max-time 1200 "${A[@]}" -H 'Accept: text/event-stream' -d @- "$API/run_sse" >"$STATE/doing/$stem.sse" || return 1
  grep -q '^data:' "$STATE/doing/$stem.sse" || return 1
  draft=$("${GET[@]}" "${A[@]}" "$API/api/state/nemo_agent/me/$sid/latest" | jq -ce .data.state.draft) || return 1
  rid="render_$(date +%s%N)"
  jq -n --arg i "$rid" --arg s "$sid" --argjson d "$draft" '{id:$i,sessionId:$s,draft:$d,output:{format:"mp4"}}' |
    "${GET[@]}" "${A[@]}" -d @- "$API/api/render/proxy/lambda" | jq -e .success >/dev/null || return 1
  for ((i = 0; i < 120; i++)); do
    sleep "$POLL"
    st=$("${GET[@]}" "${A[@]}" "$API/api/render/proxy/lambda/$rid") || continue
    case $(jq -r .data.status <<<"$st") in completed) url=$(jq -er .data.outputUrl <<<"$st"); break ;; failed) return 1 ;; esac
  done
  [ -n "${url:-}" ] || return 1
  "${CURL[@]}" --retry 5 --max-time 1800 -o "$OUTBOX/.$stem.part" "$url" && mv "$OUTBOX/.$stem.part" "$OUTBOX/$stem.mp4"
}
take() { # claim the clip if clip and sidecar are both there
  local stem=$1 c; [ -f "$INBOX/$stem.txt" ] || return 0
  for c in "$INBOX/$stem".{mp4,mov,mkv,webm}; do [ -f "$c" ] || continue
    local b=${c##*/}; [ "$(stat -c %s "$c")" -le "$MAXB" ] || { log "too big: $b"; mv "$c" "$INBOX/$stem.txt" "$STATE/failed/"; return; }
    mv "$INBOX/$stem.txt" "$STATE/doing/" && mv "$c" "$STATE/doing/" || return
    if process "$b"; then mv "$STATE/doing/$b" "$STATE/doing/$stem.txt" "$STATE/done/"; log "done $b"
    else mv "$STATE/doing/$b" "$STATE/doing/$stem.txt" "$STATE/failed/"; log "FAILED $b"; fi; rm -f "$STATE/doing/$stem.sse"
  done
}
[ "$RECOVER" = requeue ] && find "$STATE/doing" -type f ! -name '*.sse' -exec mv -t "$INBOX" {} +
{ # subscribe first, then scan what is already there, then live events
  coproc W { exec inotifywait -qm -e close_write -e moved_to --format %f "$INBOX" 9>&-; }
  sleep "$WARMUP"
  for t in "$INBOX"/*.txt; do [ -f "$t" ] && { s=${t##*/}; take "${s%.txt}"; }; done
  while IFS= read -r f <&"${W[0]}"; do take "${f%.*}"; done
}
