// The mistakes that people make, each with what they read: the place, the line, and the cure. Whole
// texts are compared. An input may hold several files: see compile_input_for_tests.h.

#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "policy/compile/compile_input_for_tests.h"

namespace sallyport::policy {
namespace {

struct Mistake {
  std::string_view kind;
  std::string written;
  std::string_view told;
};

std::string nested(int depth) {
  std::string when = "{user: ana}";
  for (int i = 0; i < depth; ++i) when = "{not: " + when + "}";
  return when;
}

const Mistake kMistakes[] = {
    // 1
    {"a tab that indents",
     "- name: r\n"
     "\twhen: {user: ana}\n"
     "  then: block\n",
     "1.yaml:2:1: error: a tab in the indentation\n"
     "?when: {user: ana}\n"
     "^ indent with spaces\n"},
    // 2
    {"a line that is indented too little",
     "- name: r\n"
     "  when:\n"
     "    user: ana\n"
     " then: block\n",
     "1.yaml:4:2: error: this does not belong to the list above\n"
     " then: block\n"
     " ^ check the indentation, and that every item begins with '- '\n"},
    // 3
    {"a key without a colon",
     "- name: r\n"
     "  when\n"
     "  then: block\n",
     "1.yaml:3:7: error: a ':' inside a text that began further up\n"
     "  then: block\n"
     "      ^ is a ':' missing in a line above, or is this one indented too far?\n"},
    // 4
    {"a key that is written twice",
     "- name: r\n"
     "  then: block\n"
     "  then: allow\n",
     "1.yaml:3:3: error: the key 'then' is written twice\n"
     "  then: allow\n"
     "  ^~~~ first on line 2\n"},
    // 5
    {"an anchor",
     "- name: r\n"
     "  when: &common {user: ana}\n"
     "  then: block\n",
     "1.yaml:2:9: error: anchors are not accepted\n"
     "  when: &common {user: ana}\n"
     "        ^ quote a text that begins with '&'\n"},
    // 6
    {"an alias",
     "- name: r\n"
     "  when: {user: *everybody}\n"
     "  then: block\n",
     "1.yaml:2:16: error: aliases are not accepted\n"
     "  when: {user: *everybody}\n"
     "               ^ quote a text that begins with '*'\n"},
    // 7
    {"a tag of YAML",
     "- name: !!str r\n"
     "  then: block\n",
     "1.yaml:1:9: error: tags are not accepted\n"
     "- name: !!str r\n"
     "        ^ quote a text that begins with '!'\n"},
    // 8
    {"a second document",
     "- name: r\n"
     "  then: block\n"
     "---\n"
     "- name: s\n"
     "  then: block\n",
     "1.yaml:3:1: error: a second document begins here\n"
     "---\n"
     "^~~ put it into a file of its own\n"},
    // 9
    {"bytes that are no UTF-8",
     "- name: caf\xe9\n"
     "  then: block\n",
     "1.yaml:1:12: error: a byte that is no UTF-8\n"
     "- name: caf?\n"
     "           ^ save the file as UTF-8\n"},
    // 10
    {"a byte order mark in the middle",
     "- name: r\n"
     "\xef\xbb\xbf  then: block\n",
     "1.yaml:2:1: error: a byte order mark inside the text\n"
     "\xef\xbb\xbf  then: block\n"
     "^ it is invisible; remove it\n"},
    // 11
    {"a character that nobody sees",
     "- name: r\n"
     "  when: {user: a\xe2\x80\x8bna}\n"
     "  then: block\n",
     "1.yaml:2:17: error: the invisible character U+200B\n"
     "  when: {user: a\xe2\x80\x8bna}\n"
     "                ^ write it as \"\\u200b\" if it is meant\n"},
    // 12
    {"a bracket that is not closed",
     "- name: r\n"
     "  when: {user: [ana, ben}\n"
     "  then: block\n",
     "1.yaml:2:25: error: a bracket or brace that closes nothing\n"
     "  when: {user: [ana, ben}\n"
     "                        ^ does each '[' have its ']', and each '{' its '}'?\n"},
    // 13
    {"a quote that is not closed",
     "- name: r\n"
     "  when: {user: 'ana}\n"
     "  then: block\n",
     "1.yaml:2:16: error: a quoted text does not end\n"
     "  when: {user: 'ana}\n"
     "               ^ is a closing quote missing?\n"},
    // 14
    {"a colon in a text",
     "- name: r\n"
     "  say: Sorry: not here\n"
     "  then: block\n",
     "1.yaml:2:13: error: a second ': ' in one line\n"
     "  say: Sorry: not here\n"
     "            ^ quote a text that holds ': '\n"},
    // 15
    {"nesting without end", "- name: r\n  when: " + nested(70) + "\n  then: block\n",
     "1.yaml:2:381: error: nested deeper than 64 levels\n"
     "...{not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not:"
     " {not: {not: {not: {not: {not: {user: ana}}...\n"
     "                                                              "
     " ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ write it flatter\n"},
    // 16
    {"a mapping for a list of policies",
     "name: r\n"
     "then: block\n",
     "1.yaml:1:1: error: a policy file is a list of policies, not a mapping\n"
     "name: r\n"
     "^ begin each policy with '- name:'\n"},
    // 17
    {"a word for a policy", "- block\n",
     "1.yaml:1:3: error: policy must be a mapping, not a value\n"
     "- block\n"
     "  ^~~~~ begin each policy with '- name:'\n"},
    // 18
    {"an unknown key",
     "- name: r\n"
     "  wehn: {user: ana}\n"
     "  then: block\n",
     "1.yaml:2:3: error: unknown key 'wehn' in policy\n"
     "  wehn: {user: ana}\n"
     "  ^~~~ did you mean 'when'?\n"},
    // 19
    {"no name",
     "- when: {user: ana}\n"
     "  then: block\n",
     "1.yaml:1:3: error: policy needs 'name'\n"
     "- when: {user: ana}\n"
     "  ^ people and events see it by its name\n"},
    // 20
    {"no decision",
     "- name: r\n"
     "  when: {user: ana}\n",
     "1.yaml:1:3: error: policy needs 'then'\n"
     "- name: r\n"
     "  ^ allow, monitor, block, coach, justify, step_up, sign_in_again, notice or isolate\n"},
    // 21
    {"an unknown decision",
     "- name: r\n"
     "  then: blok\n",
     "1.yaml:2:9: error: 'then' of policy cannot be 'blok'\n"
     "  then: blok\n"
     "        ^~~~ did you mean 'block'?\n"},
    // 22
    {"an unknown kind",
     "- name: r\n"
     "  kind: sesion\n"
     "  then: block\n",
     "1.yaml:2:9: error: 'kind' of policy cannot be 'sesion'\n"
     "  kind: sesion\n"
     "        ^~~~~~ did you mean 'session'?\n"},
    // 23
    {"an unknown mode",
     "- name: r\n"
     "  then: block\n"
     "  mode: dry-run\n",
     "1.yaml:3:9: error: 'mode' of policy cannot be 'dry-run'\n"
     "  mode: dry-run\n"
     "        ^~~~~~~ one of: enforce, rehearse\n"},
    // 24
    {"an unknown severity",
     "- name: r\n"
     "  then: block\n"
     "  severity: critical\n",
     "1.yaml:3:13: error: 'severity' of policy cannot be 'critical'\n"
     "  severity: critical\n"
     "            ^~~~~~~~ one of: informational, low, medium, high\n"},
    // 25
    {"an unknown category",
     "- name: r\n"
     "  then: block\n"
     "  category: threat\n",
     "1.yaml:3:13: error: 'category' of policy cannot be 'threat'\n"
     "  category: threat\n"
     "            ^~~~~~ one of: threat_detection, privileged_account_monitoring,"
     " compliance, dlp, discovery, sharing_control, access_control,"
     " configuration_monitoring\n"},
    // 26
    {"an id with capitals",
     "- id: My_Policy\n"
     "  name: r\n"
     "  then: block\n",
     "1.yaml:1:7: error: 'My_Policy' is no id: small letters, digits and '-', at most 64\n"
     "- id: My_Policy\n"
     "      ^~~~~~~~~ did you mean 'my-policy'?\n"},
    // 27
    {"an id twice",
     "- {id: one, name: r, when: {user: ana}, then: block}\n"
     "- {id: one, name: s, then: allow}\n",
     "1.yaml:1:8: error: more than one policy has the id 'one'\n"
     "- {id: one, name: r, when: {user: ana}, then: block}\n"
     "       ^~~ the other is at 1.yaml:2:8\n"
     "1.yaml:2:8: error: more than one policy has the id 'one'\n"
     "- {id: one, name: s, then: allow}\n"
     "       ^~~ the other is at 1.yaml:1:8\n"},
    // 28
    {"a name twice",
     "- {name: r, when: {user: ana}, then: block}\n"
     "- {name: r, then: allow}\n",
     "1.yaml:1:10: error: more than one policy is named 'r'\n"
     "- {name: r, when: {user: ana}, then: block}\n"
     "         ^ the other is at 1.yaml:2:10\n"
     "1.yaml:2:10: error: more than one policy is named 'r'\n"
     "- {name: r, then: allow}\n"
     "         ^ the other is at 1.yaml:1:10\n"},
    // 29
    {"a name without letters",
     "- name: '!!!'\n"
     "  then: block\n",
     "1.yaml:1:9: error: no id can be made of this name\n"
     "- name: '!!!'\n"
     "        ^~~~~ give the policy an 'id'\n"},
    // 30
    {"a nested mapping for a dotted name",
     "- name: r\n"
     "  when:\n"
     "    app:\n"
     "      category: webmail\n"
     "  then: block\n",
     "1.yaml:4:7: error: 'app' takes a value or a list of values, not a mapping\n"
     "      category: webmail\n"
     "      ^ did you mean 'app.category'?\n"},
    // 31
    {"a condition where a key belongs",
     "- name: r\n"
     "  user: ana\n"
     "  then: block\n",
     "1.yaml:2:3: error: unknown key 'user' in policy\n"
     "  user: ana\n"
     "  ^~~~ 'user' is a condition: it belongs under 'when'\n"},
    // 32
    {"a key under 'when'",
     "- name: r\n"
     "  when:\n"
     "    user: ana\n"
     "    then: block\n",
     "1.yaml:1:3: error: policy needs 'then'\n"
     "- name: r\n"
     "  ^ allow, monitor, block, coach, justify, step_up, sign_in_again, notice or isolate\n"
     "1.yaml:4:5: error: unknown attribute 'then'\n"
     "    then: block\n"
     "    ^~~~ 'then' belongs to the policy, beside 'when'\n"},
    // 33
    {"an empty list",
     "- name: r\n"
     "  when: {user: []}\n"
     "  then: block\n",
     "1.yaml:2:16: error: 'user' has an empty list, which nothing can match\n"
     "  when: {user: []}\n"
     "               ^~ leave the condition out, or name a value\n"},
    // 34
    {"no value",
     "- name: r\n"
     "  when: {user: }\n"
     "  then: block\n",
     "1.yaml:2:10: error: 'user' needs a value\n"
     "  when: {user: }\n"
     "         ^~~~ write a value, or leave the condition out\n"},
    // 35
    {"a list in a list",
     "- name: r\n"
     "  when: {user: [ana, [ben]]}\n"
     "  then: block\n",
     "1.yaml:2:22: error: a value of 'user' is a single word or text, not a list\n"
     "  when: {user: [ana, [ben]]}\n"
     "                     ^~~~~ one list holds all values\n"},
    // 36
    {"an empty 'when'",
     "- name: r\n"
     "  when:\n"
     "  then: block\n",
     "1.yaml:2:3: error: 'when' has no conditions\n"
     "  when:\n"
     "  ^~~~ leave 'when' out for a policy that always holds\n"},
    // 37
    {"a list for 'when'",
     "- name: r\n"
     "  when: [{user: ana}, {user: ben}]\n"
     "  then: block\n",
     "1.yaml:2:9: error: 'when' takes conditions, not a list\n"
     "  when: [{user: ana}, {user: ben}]\n"
     "        ^~~~~~~~~~~~~~~~~~~~~~~~~~ write 'all: [...]' or 'any: [...]' for a list of"
     " conditions\n"},
    // 38
    {"a mapping for 'any'",
     "- name: r\n"
     "  when: {any: {user: ana, host: example.com}}\n"
     "  then: block\n",
     "1.yaml:2:15: error: 'any' is a list of conditions, not a mapping\n"
     "  when: {any: {user: ana, host: example.com}}\n"
     "              ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ write 'any: [{attribute: value},"
     " {attribute: value}]'\n"},
    // 39
    {"an unknown attribute",
     "- name: r\n"
     "  when: {ip.tag: tor}\n"
     "  then: block\n",
     "1.yaml:2:10: error: unknown attribute 'ip.tag'\n"
     "  when: {ip.tag: tor}\n"
     "         ^~~~~~ did you mean 'client.ip.tag' or 'destination.ip.tag'?\n"},
    // 40
    {"a word that is not in its list",
     "- name: r\n"
     "  when: {activity: uplaod}\n"
     "  then: block\n",
     "1.yaml:2:20: error: 'uplaod' is no activity\n"
     "  when: {activity: uplaod}\n"
     "                   ^~~~~~ did you mean 'upload'?\n"},
    // 41
    {"a number that is none",
     "- name: r\n"
     "  when: {status: 4xx}\n"
     "  then: block\n",
     "1.yaml:2:18: error: '4xx' is no status\n"
     "  when: {status: 4xx}\n"
     "                 ^~~ write a number, a comparison ('> 400', '>= 500') or a range"
     " ('400..499')\n"},
    // 42
    {"an unknown unit",
     "- name: r\n"
     "  when: {file.size: '> 25 megabytes'}\n"
     "  then: block\n",
     "1.yaml:2:21: error: '> 25 megabytes' is no file.size\n"
     "  when: {file.size: '> 25 megabytes'}\n"
     "                    ^~~~~~~~~~~~~~~~ write bytes with a unit ('> 25 MB', '<= 64"
     " KiB') or a range ('1 MB..5 MB')\n"},
    // 43
    {"a range that ends before it begins",
     "- name: r\n"
     "  when: {port: 9000..8000}\n"
     "  then: block\n",
     "1.yaml:2:16: error: '9000..8000' is no port\n"
     "  when: {port: 9000..8000}\n"
     "               ^~~~~~~~~~ write a number, a comparison ('> 400', '>= 500') or a"
     " range ('400..499')\n"},
    // 44
    {"an address that is none",
     "- name: r\n"
     "  when: {client.ip: 192.0.2.256}\n"
     "  then: block\n",
     "1.yaml:2:21: error: '192.0.2.256' is no address and no range of addresses\n"
     "  when: {client.ip: 192.0.2.256}\n"
     "                    ^~~~~~~~~~~ write '192.0.2.1', '192.0.2.0/24' or"
     " '2001:db8::/32'\n"},
    // 45
    {"bits behind a prefix",
     "- name: r\n"
     "  when: {client.ip: 192.0.2.7/24}\n"
     "  then: block\n",
     "1.yaml:2:21: error: '192.0.2.7/24' has bits set behind its prefix\n"
     "  when: {client.ip: 192.0.2.7/24}\n"
     "                    ^~~~~~~~~~~~ did you mean '192.0.2.0/24' or the address"
     " '192.0.2.7'?\n"},
    // 46
    {"a prefix that is too long",
     "- name: r\n"
     "  when: {client.ip: 192.0.2.0/33}\n"
     "  then: block\n",
     "1.yaml:2:21: error: '192.0.2.0/33' is no address and no range of addresses\n"
     "  when: {client.ip: 192.0.2.0/33}\n"
     "                    ^~~~~~~~~~~~ write '192.0.2.1', '192.0.2.0/24' or"
     " '2001:db8::/32'\n"},
    // 47
    {"an expression that is none",
     "- name: r\n"
     "  when: {path: '~ ^/api/(v[0-9]+'}\n"
     "  then: block\n",
     "1.yaml:2:16: error: this is no expression: missing ): ^/api/(v[0-9]+\n"
     "  when: {path: '~ ^/api/(v[0-9]+'}\n"
     "               ^~~~~~~~~~~~~~~~~~ the syntax is RE2's: no look-ahead, no back"
     " references; '\\' needs single quotes around the value\n"},
    // 48
    {"an expression with look-ahead",
     "- name: r\n"
     "  when: {path: '~ ^/(?!public)'}\n"
     "  then: block\n",
     "1.yaml:2:16: error: this is no expression: invalid perl operator: (?!\n"
     "  when: {path: '~ ^/(?!public)'}\n"
     "               ^~~~~~~~~~~~~~~~ the syntax is RE2's: no look-ahead, no back"
     " references; '\\' needs single quotes around the value\n"},
    // 49
    {"an expression for a word",
     "- name: r\n"
     "  when: {activity: '~ up|down'}\n"
     "  then: block\n",
     "1.yaml:2:20: error: 'activity' is compared whole, not by an expression\n"
     "  when: {activity: '~ up|down'}\n"
     "                   ^~~~~~~~~~~ a list of values means any of them\n"},
    // 50
    {"too many stars",
     "- name: r\n"
     "  when: {user: '*a*b*c*d*e*f*g*h*'}\n"
     "  then: block\n",
     "1.yaml:2:16: error: a pattern has at most 8 stars\n"
     "  when: {user: '*a*b*c*d*e*f*g*h*'}\n"
     "               ^~~~~~~~~~~~~~~~~~~ an expression can say more: '~ ^a.*b'\n"},
    // 51
    {"an address of a page for a host",
     "- name: r\n"
     "  when: {host: 'https://files.example.com/x'}\n"
     "  then: block\n",
     "1.yaml:2:16: error: 'https://files.example.com/x' is no host name or address\n"
     "  when: {host: 'https://files.example.com/x'}\n"
     "               ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~ did you mean 'files.example.com'?\n"},
    // 52
    {"a star inside a host",
     "- name: r\n"
     "  when: {host: 'files-*.example.com'}\n"
     "  then: block\n",
     "1.yaml:2:16: error: 'files-*.example.com' is no host name or address\n"
     "  when: {host: 'files-*.example.com'}\n"
     "               ^~~~~~~~~~~~~~~~~~~~~ '*' stands only in front, for everything"
     " below: '*.example.com'\n"},
    // 53
    {"a range of addresses for a host",
     "- name: r\n"
     "  when: {host: 10.0.0.0/8}\n"
     "  then: block\n",
     "1.yaml:2:16: error: '10.0.0.0/8' is no host name or address\n"
     "  when: {host: 10.0.0.0/8}\n"
     "               ^~~~~~~~~~ did you mean 'destination.ip: 10.0.0.0/8'?\n"},
    // 54
    {"a path without a slash",
     "- name: r\n"
     "  when: {path: admin}\n"
     "  then: block\n",
     "1.yaml:2:16: error: a path begins with '/'\n"
     "  when: {path: admin}\n"
     "               ^~~~~ did you mean '/admin'?\n"},
    // 55
    {"a query in a path",
     "- name: r\n"
     "  when: {path: '/search?q=x'}\n"
     "  then: block\n",
     "1.yaml:2:16: error: a path has no '?' and no '#'\n"
     "  when: {path: '/search?q=x'}\n"
     "               ^~~~~~~~~~~~~ the query is an attribute of its own: 'query'\n"},
    // 56
    {"a time that is none",
     "- name: r\n"
     "  when: {time.of_day: 8:00-18:00}\n"
     "  then: block\n",
     "1.yaml:2:23: error: '8:00-18:00' is no time.of_day\n"
     "  when: {time.of_day: 8:00-18:00}\n"
     "                      ^~~~~~~~~~ write '08:00..18:00'; '22:00..06:00' goes over"
     " midnight\n"},
    // 57
    {"an unknown weekday",
     "- name: r\n"
     "  when: {time.weekday: Monday}\n"
     "  then: block\n",
     "1.yaml:2:24: error: 'Monday' is no time.weekday\n"
     "  when: {time.weekday: Monday}\n"
     "                       ^~~~~~ did you mean 'mon'?\n"},
    // 58
    {"a date that is none",
     "- name: r\n"
     "  when: {time.date: 2026-02-30}\n"
     "  then: block\n",
     "1.yaml:2:21: error: '2026-02-30' is no time.date\n"
     "  when: {time.date: 2026-02-30}\n"
     "                    ^~~~~~~~~~ write '2026-11-26' or '2026-01-01..2026-03-31'\n"},
    // 59
    {"a date as it is written elsewhere",
     "- name: r\n"
     "  expires: 31.12.2026\n"
     "  then: block\n",
     "1.yaml:2:12: error: '31.12.2026' of 'expires' is no date\n"
     "  expires: 31.12.2026\n"
     "           ^~~~~~~~~~ write '2026-11-26'\n"},
    // 60
    {"an unknown zone",
     "- name: r\n"
     "  zone: Europe/Wien\n"
     "  when: {time.of_day: 08:00..18:00}\n"
     "  then: block\n",
     "1.yaml:2:9: error: there is no time zone 'Europe/Wien'\n"
     "  zone: Europe/Wien\n"
     "        ^~~~~~~~~~~ did you mean 'Europe/Vienna'?\n"},
    // 61
    {"an end before the beginning",
     "- name: r\n"
     "  starts: 2026-12-01\n"
     "  expires: 2026-11-01\n"
     "  then: block\n",
     "1.yaml:3:12: error: the policy ends before it begins\n"
     "  expires: 2026-11-01\n"
     "           ^~~~~~~~~~ 'expires' is the first day on which it holds no more\n"},
    // 62
    {"a country by its name",
     "- name: r\n"
     "  when: {client.ip.country: Germany}\n"
     "  then: block\n",
     "1.yaml:2:29: error: 'Germany' is no client.ip.country\n"
     "  when: {client.ip.country: Germany}\n"
     "                            ^~~~~~~ a country is its ISO 3166-1 code of two"
     " letters: DE, FR, GB\n"},
    // 63
    {"a number of a network with letters",
     "- name: r\n"
     "  when: {client.ip.asn: AS64496}\n"
     "  then: block\n",
     "1.yaml:2:25: error: 'AS64496' is no client.ip.asn\n"
     "  when: {client.ip.asn: AS64496}\n"
     "                        ^~~~~~~ write the number of the autonomous system without"
     " 'AS', a comparison or a range ('64496..64511')\n"},
    // 64
    {"'none' for nobody",
     "- name: r\n"
     "  when: {user: none}\n"
     "  then: block\n",
     "1.yaml:2:16: error: 'none' does not say that there is no user\n"
     "  when: {user: none}\n"
     "               ^~~~ did you mean 'unknown'?\n"},
    // 65
    {"a list that is not there",
     "- name: r\n"
     "  when: {host: list/trackres}\n"
     "  then: block\n"
     "#% list trackers\n"
     "example.com\n",
     "1.yaml:2:16: error: there is no list 'trackres'\n"
     "  when: {host: list/trackres}\n"
     "               ^~~~~~~~~~~~~ did you mean 'list/trackers'?\n"},
    // 66
    {"a list without entries",
     "- name: r\n"
     "  when: {host: list/trackers}\n"
     "  then: block\n"
     "#% list trackers\n"
     "# none yet\n",
     "trackers.txt:1:1: error: a list without entries matches nothing\n"
     "# none yet\n"
     "^ write one entry a line\n"},
    // 67
    {"a wrong line in a list",
     "- name: r\n"
     "  when: {client.ip: list/branches}\n"
     "  then: block\n"
     "#% list branches\n"
     "192.0.2.0/24  # Vienna\n"
     "198.51.100.7/24\n",
     "branches.txt:2:1: error: '198.51.100.7/24' has bits set behind its prefix\n"
     "198.51.100.7/24\n"
     "^~~~~~~~~~~~~~~ did you mean '198.51.100.0/24' or the address '198.51.100.7'?\n"},
    // 68
    {"an activity in an access policy",
     "- name: r\n"
     "  kind: access\n"
     "  when: {activity: upload}\n"
     "  then: block\n",
     "1.yaml:3:10: error: 'activity' cannot be asked here: an access policy decides"
     " before anything is done\n"
     "  when: {activity: upload}\n"
     "         ^~~~~~~~ write 'kind: session' to decide by what is done\n"},
    // 69
    {"a path in a tls policy",
     "- name: r\n"
     "  kind: tls\n"
     "  when: {path: /admin}\n"
     "  then: bypass\n",
     "1.yaml:3:10: error: 'path' cannot be asked here: a tls policy decides before the"
     " connection is opened\n"
     "  when: {path: /admin}\n"
     "         ^~~~ known by then: app, app.category, app.data_center,"
     " app.days_since_breach, app.factor, app.founded, app.headquarters, app.lacks,"
     " app.risk_score, app.tag, client.ip, client.ip.asn,"
     " client.ip.category, client.ip.country, client.ip.isp, client.ip.range,"
     " client.ip.tag, client.ja4, device.tag, host, host.domain, host.kind, host.tag,"
     " port, scheme, time.date, time.of_day, time.weekday, user,"
     " user.days_since_logon, user.domain, user.group\n"},
    // 70
    {"a user in an app_discovery policy",
     "- name: r\n"
     "  kind: app_discovery\n"
     "  when: {user: ana}\n"
     "  tag_app: unsanctioned\n",
     "1.yaml:3:10: error: 'user' cannot be asked here: an app_discovery policy speaks of"
     " apps, whoever uses them\n"
     "  when: {user: ana}\n"
     "         ^~~~ it can ask for app, app.category, app.data_center,"
     " app.days_since_breach, app.factor, app.founded, app.headquarters, app.lacks,"
     " app.risk_score, app.tag, host.domain, host.kind, host.tag\n"},
    // 71
    {"a certificate in a session policy",
     "- name: r\n"
     "  when: {certificate.fault: expired}\n"
     "  then: block\n",
     "1.yaml:2:10: error: 'certificate.fault' cannot be asked here: only a tls policy can"
     " ask for it\n"
     "  when: {certificate.fault: expired}\n"
     "         ^~~~~~~~~~~~~~~~~ write 'kind: tls'\n"},
    // 72
    {"a reply's fact beside header edits",
     "- name: r\n"
     "  when: {status: 200}\n"
     "  add_headers: {X-Tenant: example}\n",
     "1.yaml:2:10: error: 'status' cannot be asked here: how a request passes is settled before"
     " the reply, and it is not known then\n"
     "  when: {status: 200}\n"
     "         ^~~~~~ ask for what the request tells: app, host, path, activity, ...\n"},
    // 73
    {"a bypass that is no tls policy",
     "- name: r\n"
     "  when: {host: example.com}\n"
     "  then: bypass\n",
     "1.yaml:3:9: error: 'bypass' is decided before a connection is opened\n"
     "  then: bypass\n"
     "        ^~~~~~ write 'kind: tls'\n"},
    // 74
    {"a tls policy that allows",
     "- name: r\n"
     "  kind: tls\n"
     "  then: allow\n",
     "1.yaml:3:9: error: a tls policy cannot 'allow'\n"
     "  then: allow\n"
     "        ^~~~~ intercept, bypass or block\n"},
    // 75
    {"a decision of an activity policy",
     "- name: r\n"
     "  kind: activity\n"
     "  when: {activity: login}\n"
     "  then: block\n"
     "  alerts_per_day: 5\n",
     "1.yaml:4:9: error: 'then' has no effect in an activity policy\n"
     "  then: block\n"
     "        ^~~~~ it belongs to kind: access, session, tls\n"},
    // 76
    {"an activity policy without effect",
     "- name: r\n"
     "  kind: activity\n"
     "  when: {activity: login}\n",
     "1.yaml:1:3: error: this policy has no effect\n"
     "- name: r\n"
     "  ^ add 'alerts_per_day' or 'tag_app'\n"},
    // 77
    {"repetition in a session policy",
     "- name: r\n"
     "  when: {activity: download}\n"
     "  repeat: {min: 10, window: 5m}\n"
     "  then: block\n",
     "1.yaml:3:11: error: 'repeat' has no effect in a session policy\n"
     "  repeat: {min: 10, window: 5m}\n"
     "          ^~~~~~~~~~~~~~~~~~~~~ it belongs to kind: activity\n"},
    // 78
    {"thresholds in an activity policy",
     "- name: r\n"
     "  kind: activity\n"
     "  per_day: {traffic: '> 50 MB'}\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:22: error: 'per_day' has no effect in a policy of kind activity\n"
     "  per_day: {traffic: '> 50 MB'}\n"
     "                     ^~~~~~~~~ it belongs to kind: app_discovery\n"},
    // 79
    {"a tag from a session policy",
     "- name: r\n"
     "  then: block\n"
     "  tag_app: unsanctioned\n",
     "1.yaml:3:12: error: 'tag_app' has no effect in a session policy\n"
     "  tag_app: unsanctioned\n"
     "           ^~~~~~~~~~~~ it belongs to kind: activity, app_discovery\n"},
    // 80
    {"header edits in an access policy",
     "- name: r\n"
     "  kind: access\n"
     "  add_headers: {X-Tenant: example}\n"
     "  then: allow\n",
     "1.yaml:3:17: error: 'add_headers' has no effect in a policy of kind access\n"
     "  add_headers: {X-Tenant: example}\n"
     "                ^~~~~~~~ it belongs to kind: session\n"},
    // 81
    {"a word for nobody in an activity policy",
     "- name: r\n"
     "  kind: activity\n"
     "  say: Hello.\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:8: error: 'say' has no effect in an activity policy\n"
     "  say: Hello.\n"
     "       ^~~~~~ it belongs to kind: access, session, tls\n"},
    // 82
    {"a redirect to no page",
     "- name: r\n"
     "  then: block\n"
     "  redirect: intranet.example/why\n",
     "1.yaml:3:13: error: 'intranet.example/why' is no address of a page\n"
     "  redirect: intranet.example/why\n"
     "            ^~~~~~~~~~~~~~~~~~~~ write 'https://intranet.example/why'\n"},
    // 83
    {"a redirect of what is allowed",
     "- name: r\n"
     "  then: monitor\n"
     "  redirect: https://intranet.example/why\n",
     "1.yaml:3:13: error: only what is blocked or isolated is redirected\n"
     "  redirect: https://intranet.example/why\n"
     "            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~ write 'then: block'\n"},
    // 84
    {"a header that is the gateway's",
     "- name: r\n"
     "  add_headers: {Host: example.com}\n",
     "1.yaml:2:17: error: 'Host' is the gateway's own business, and no policy's\n"
     "  add_headers: {Host: example.com}\n"
     "                ^~~~ it frames, routes or signs in: take it out\n"},
    // 85
    {"a header that is no name",
     "- name: r\n"
     "  remove_headers: ['X Tenant:']\n",
     "1.yaml:2:20: error: 'X Tenant:' is no name of a header field\n"
     "  remove_headers: ['X Tenant:']\n"
     "                   ^~~~~~~~~~~ letters, digits and '-': X-Tenant\n"},
    // 86
    {"a header's value on two lines",
     "- name: r\n"
     "  add_headers: {X-Tenant: \"a\\r\\nHost: evil\"}\n",
     "1.yaml:2:27: error: this is no value of a header field\n"
     "  add_headers: {X-Tenant: \"a\\r\\nHost: evil\"}\n"
     "                          ^~~~~~~~~~~~~~~~~ one line of at most 4096 bytes, without"
     " spaces at its ends\n"},
    // 87
    {"header edits and a decision",
     "- name: r\n"
     "  add_headers: {X-Tenant: example}\n"
     "  then: block\n",
     "1.yaml:3:9: error: a policy that changes how requests pass decides nothing, so that"
     " others may\n"
     "  then: block\n"
     "        ^~~~~ make two policies of it\n"},
    // 88
    {"an exception without conditions",
     "- name: r\n"
     "  then: block\n"
     "  except:\n"
     "    - {reason: nobody knows}\n",
     "1.yaml:4:7: error: an exception without conditions would except everything\n"
     "    - {reason: nobody knows}\n"
     "      ^~~~~~~~~~~~~~~~~~~~~~ say who or what is excepted: '- { user: ana, reason:"
     " why }'\n"},
    // 89
    {"an exception that is a word",
     "- name: r\n"
     "  then: block\n"
     "  except: [ana]\n",
     "1.yaml:3:12: error: an exception is a mapping of conditions, not a value\n"
     "  except: [ana]\n"
     "           ^~~ write '- { user: ana, reason: why }'\n"},
    // 90
    {"an exception's date",
     "- name: r\n"
     "  then: block\n"
     "  except:\n"
     "    - {user: ana, expires: tomorrow}\n",
     "1.yaml:4:28: error: 'tomorrow' of 'expires' is no date\n"
     "    - {user: ana, expires: tomorrow}\n"
     "                           ^~~~~~~~ write '2026-11-26'\n"},
    // 91
    {"no alerts at all",
     "- name: r\n"
     "  kind: activity\n"
     "  alerts_per_day: 0\n",
     "1.yaml:3:19: error: '0' is no number of alerts\n"
     "  alerts_per_day: 0\n"
     "                  ^ 1 to 10000, or 'none'\n"},
    // 92
    {"repetition of one",
     "- name: r\n"
     "  kind: activity\n"
     "  repeat: {min: 1, window: 5m}\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:17: error: '1' is no number of activities\n"
     "  repeat: {min: 1, window: 5m}\n"
     "                ^ 2 to 100000; without 'repeat' each activity counts\n"},
    // 93
    {"a window that is too long",
     "- name: r\n"
     "  kind: activity\n"
     "  repeat: {min: 5, window: 2d}\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:28: error: '2d' is no window\n"
     "  repeat: {min: 5, window: 2d}\n"
     "                           ^~ 1s to 24h: '90s', '5m', '2h'\n"},
    // 94
    {"repetition without a window",
     "- name: r\n"
     "  kind: activity\n"
     "  repeat: {min: 5}\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:11: error: repeat needs 'window'\n"
     "  repeat: {min: 5}\n"
     "          ^~~~~~~~ write 'repeat: { min: 10, window: 5m }'\n"},
    // 95
    {"'yes' for true",
     "- name: r\n"
     "  kind: activity\n"
     "  repeat: {min: 5, window: 5m, same_app: yes}\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:42: error: 'same_app' of repeat must be true or false, not 'yes'\n"
     "  repeat: {min: 5, window: 5m, same_app: yes}\n"
     "                                         ^~~ write true\n"},
    // 96
    {"a threshold without '>'",
     "- name: r\n"
     "  kind: app_discovery\n"
     "  per_day: {users: 50}\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:20: error: '50' of 'users' is no threshold\n"
     "  per_day: {users: 50}\n"
     "                   ^~ write '> 50'\n"},
    // 97
    {"an unknown measure",
     "- name: r\n"
     "  kind: app_discovery\n"
     "  per_day: {upload: '> 50 MB'}\n"
     "  alerts_per_day: 1\n",
     "1.yaml:3:13: error: unknown key 'upload' in per_day\n"
     "  per_day: {upload: '> 50 MB'}\n"
     "            ^~~~~~ did you mean 'uploaded'?\n"},
    // 98
    {"a tag that is the catalog's",
     "- name: r\n"
     "  kind: activity\n"
     "  tag_app: custom_app\n",
     "1.yaml:3:12: error: custom_app is the tag of apps from your own catalog\n"
     "  tag_app: custom_app\n"
     "           ^~~~~~~~~~ take another word\n"},
    // 99
    {"a tag with capitals",
     "- name: r\n"
     "  kind: activity\n"
     "  tag_app: Not Approved\n",
     "1.yaml:3:12: error: 'Not Approved' is no tag\n"
     "  tag_app: Not Approved\n"
     "           ^~~~~~~~~~~~ letters a to z, digits and '_'\n"},
    // 100
    {"an unknown template",
     "#% template\n"
     "- id: risky-logon\n"
     "  name: t\n"
     "#% policy\n"
     "- name: r\n"
     "  extends: template/risky-login\n",
     "2.yaml:2:12: error: there is no 'template/risky-login'\n"
     "  extends: template/risky-login\n"
     "           ^~~~~~~~~~~~~~~~~~~~ did you mean 'template/risky-logon'?\n"},
    // 101
    {"a template without 'template/'",
     "#% template\n"
     "- id: risky-logon\n"
     "  name: t\n"
     "#% policy\n"
     "- name: r\n"
     "  extends: risky-logon\n",
     "2.yaml:2:12: error: 'risky-logon' is no template\n"
     "  extends: risky-logon\n"
     "           ^~~~~~~~~~~ did you mean 'template/risky-logon'?\n"},
    // 102
    {"templates that extend each other",
     "#% template\n"
     "- {id: a, extends: template/b, then: block}\n"
     "- {id: b, extends: template/a}\n"
     "#% policy\n"
     "- name: r\n"
     "  extends: template/a\n",
     "1.yaml:2:20: error: 'template/a' extends itself: template/a -> template/b ->"
     " template/a\n"
     "- {id: b, extends: template/a}\n"
     "                   ^~~~~~~~~~ one of them must stand alone\n"},
    // 103
    {"a template without an id",
     "#% template\n"
     "- name: t\n"
     "  then: block\n",
     "1.yaml:1:3: error: a template needs 'id'\n"
     "- name: t\n"
     "  ^ policies extend it by 'template/ID'\n"},
    // 104
    {"two templates of one id",
     "#% template\n"
     "- {id: t, then: block}\n"
     "- {id: t, then: allow}\n",
     "1.yaml:2:8: error: more than one template has the id 't'\n"
     "- {id: t, then: allow}\n"
     "       ^ the other is at 1.yaml:1:8\n"},
    // 105
    {"a mistake in a template",
     "#% template\n"
     "- id: t\n"
     "  when: {activty: login}\n"
     "  then: block\n"
     "#% policy\n"
     "- name: r\n"
     "  extends: template/t\n",
     "1.yaml:2:10: error: unknown attribute 'activty'\n"
     "  when: {activty: login}\n"
     "         ^~~~~~~ did you mean 'activity'?\n"},
    // 106
    {"how long an answer holds, where nothing is asked",
     "- name: r\n"
     "  then: block\n"
     "  for: 8h\n",
     "1.yaml:3:8: error: 'for' is about answers, and 'block' asks nothing\n"
     "  for: 8h\n"
     "       ^~ coach, justify, step_up, sign_in_again and notice ask\n"},
    // 107
    {"an answer's span without a unit",
     "- name: r\n"
     "  then: coach\n"
     "  for: 30\n",
     "1.yaml:3:8: error: '30' is no span that an answer can hold for\n"
     "  for: 30\n"
     "       ^~ 1m to 90d: '30m', '8h', '7d'\n"},
    // 108
    {"an unknown width of answers",
     "- name: r\n"
     "  then: justify\n"
     "  per: group\n",
     "1.yaml:3:8: error: 'per' of policy cannot be 'group'\n"
     "  per: group\n"
     "       ^~~~~ one of: user, app, address\n"},
    // 109
    {"a tls policy that asks",
     "- name: r\n"
     "  kind: tls\n"
     "  then: coach\n",
     "1.yaml:3:9: error: a tls policy cannot 'coach'\n"
     "  then: coach\n"
     "        ^~~~~ intercept, bypass or block\n"},
    // 110
    {"the id that suspensions have",
     "- id: suspension\n"
     "  name: r\n"
     "  then: block\n",
     "1.yaml:1:7: error: 'suspension' is what a suspended user is told by\n"
     "- id: suspension\n"
     "      ^~~~~~~~~~ take another id\n"},
    // 111
    {"an answer's width in a policy that only reports",
     "- name: r\n"
     "  kind: activity\n"
     "  alerts_per_day: 5\n"
     "  per: app\n",
     "1.yaml:4:8: error: 'per' has no effect in an activity policy\n"
     "  per: app\n"
     "       ^~~ it belongs to kind: access, session\n"},
    // 112
    {"tenants of an app that takes no word of them",
     "- name: r\n"
     "  restrict_tenants: {gogle_workspace: [corp.example]}\n",
     "1.yaml:2:22: error: tenants of 'gogle_workspace' cannot be restricted\n"
     "  restrict_tenants: {gogle_workspace: [corp.example]}\n"
     "                     ^~~~~~~~~~~~~~~ did you mean 'google_workspace'?\n"},
    // 113
    {"a tenant that is none",
     "- name: r\n"
     "  restrict_tenants: {google_workspace: [corp]}\n",
     "1.yaml:2:41: error: 'corp' cannot be told to google_workspace\n"
     "  restrict_tenants: {google_workspace: [corp]}\n"
     "                                        ^~~~ a domain: corp.example\n"},
    // 114
    {"restrictions beside other edits",
     "- name: r\n"
     "  add_headers: {X-A: b}\n"
     "  restrict_youtube: strict\n",
     "1.yaml:3:21: error: restrictions are for hosts of their own, other edits for all that "
     "matches\n"
     "  restrict_youtube: strict\n"
     "                    ^~~~~~ make two policies of it\n"},
};

TEST(Mistakes, AreOfAtLeastFortyKinds) { EXPECT_GE(std::size(kMistakes), 40u); }

TEST(Mistakes, AreToldWithPlaceAndCure) {
  int number = 0;
  for (const Mistake& mistake : kMistakes) {
    SCOPED_TRACE("mistake " + std::to_string(++number) + ": " + std::string(mistake.kind));
    const CompileInput input = CompileInputReader(mistake.written).read();
    Diagnostics warnings;
    const auto program = compile(input.sources, input.options, warnings);
    if (program) {
      ADD_FAILURE() << "was accepted";
      continue;
    }
    EXPECT_EQ(render(program.error()), mistake.told);
    for (const Diagnostic& one : program.error().sorted()) {
      EXPECT_GT(one.place.line, 0u) << one.message;
      EXPECT_FALSE(one.hint.empty()) << one.message;
    }
  }
}

}  // namespace
}  // namespace sallyport::policy
