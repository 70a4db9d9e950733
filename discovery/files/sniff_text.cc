#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/json/selector.h"
#include "discovery/files/sniff.h"

namespace sallyport::discovery {
namespace {

using namespace std::string_view_literals;

struct Hint {
  std::string_view words;  // in small letters
  std::string_view type;
  bool encrypted = false;
};

// How a text begins, blanks in front left away, the case of letters not looked at.
constexpr Hint kBeginnings[] = {
    {"<?php", "application/x-httpd-php"},
    {"<svg", "image/svg+xml"},
    {"<!doctype svg", "image/svg+xml"},
    {"<!doctype plist", "application/x-apple-plist"},
    {"<plist", "application/x-apple-plist"},
    {"<!doctype html", "text/html"},
    {"<html", "text/html"},
    {"<head", "text/html"},
    {"<body", "text/html"},
    {"<script", "text/html"},
    {"begin:vcard", "text/vcard"},
    {"begin:vcalendar", "text/calendar"},
    {"putty-user-key-file-", "application/x-putty-key"},
    {"ssh-rsa aaaa", "application/x-ssh-public-key"},
    {"ssh-ed25519 aaaa", "application/x-ssh-public-key"},
    {"ecdsa-sha2-nistp", "application/x-ssh-public-key"},
    {"sk-ssh-ed25519@openssh.com aaaa", "application/x-ssh-public-key"},
    {"age-secret-key-1", "application/x-age-key"},
    {"$ansible_vault;", "application/x-ansible-vault", true},
    {"windows registry editor", "application/x-ms-registry"},
    {"regedit4", "application/x-ms-registry"},
    {"@echo ", "application/x-bat"},
    {"rem ", "application/x-bat"},
    {"setlocal", "application/x-bat"},
    {"diff --git ", "text/x-diff"},
    {"diff -", "text/x-diff"},
    {"-- mysql dump", "application/sql"},
    {"-- mariadb dump", "application/sql"},
    {"/*m!999999", "application/sql"},
    {"--\n-- postgresql database dump", "application/sql"},
    {"-- phpmyadmin sql dump", "application/sql"},
    {"pragma foreign_keys", "application/sql"},
    {"create table ", "application/sql"},
    {"insert into ", "application/sql"},
    {"\\documentclass", "application/x-tex"},
    {"\\documentstyle", "application/x-tex"},
    {"%yaml", "application/yaml"},
    {"---\n", "application/yaml"},
    {"option explicit", "text/vbscript"},
    {"0\nsection", "image/vnd.dxf"},
    {"[cmdletbinding", "application/x-powershell"},
    {"<#", "application/x-powershell"},
    {"#requires ", "application/x-powershell"},
    {"param(", "application/x-powershell"},
    {"package main\n", "text/x-go"},
};

// What stands at the beginning of some line, the case of letters looked at.
constexpr Hint kLines[] = {
    {"AGE-SECRET-KEY-1", "application/x-age-key"},
    {"#include <", "text/x-c"},
    {"#include \"", "text/x-c"},
    {"import java.", "text/x-java"},
    {"public class ", "text/x-java"},
    {"using System;", "text/x-csharp"},
    {"using System.", "text/x-csharp"},
    {"func main() {", "text/x-go"},
    {"use std::", "text/x-rust"},
    {"fn main() {", "text/x-rust"},
    {"pub fn ", "text/x-rust"},
    {"import SwiftUI", "text/x-swift"},
    {"import Foundation", "text/x-swift"},
    {"import UIKit", "text/x-swift"},
    {"export interface ", "text/typescript"},
    {"import type ", "text/typescript"},
    {"'use strict'", "text/javascript"},
    {"\"use strict\"", "text/javascript"},
    {"module.exports", "text/javascript"},
    {"export default ", "text/javascript"},
    {"export const ", "text/javascript"},
    {"export function ", "text/javascript"},
    {"if __name__ == ", "text/x-python"},
    {"Write-Host ", "application/x-powershell"},
    {"$ErrorActionPreference", "application/x-powershell"},
    {"CREATE TABLE ", "application/sql"},
    {"INSERT INTO ", "application/sql"},
    {"Set objShell = ", "text/vbscript"},
    {"On Error Resume Next", "text/vbscript"},
};

// "-----BEGIN ... -----" (RFC 7468, RFC 9580 section 6.2).
constexpr Hint kArmours[] = {
    {"pgp message", "application/pgp-encrypted", true},
    {"age encrypted file", "application/x-age-encrypted", true},
    {"pgp private key block", "application/pgp-keys"},
    {"pgp public key block", "application/pgp-keys"},
    {"pgp signature", "application/pgp-signature"},
    {"pgp signed message", "text/plain"},
    {"openssh private key", "application/x-openssh-key"},
    {"encrypted private key", "application/x-pem-key", true},
    {"private key", "application/x-pem-key"},
    {"rsa private key", "application/x-pem-key"},
    {"ec private key", "application/x-pem-key"},
    {"dsa private key", "application/x-pem-key"},
    {"certificate request", "application/pkcs10"},
    {"new certificate request", "application/pkcs10"},
    {"certificate", "application/x-pem-certificate"},
    {"trusted certificate", "application/x-pem-certificate"},
    {"x509 certificate", "application/x-pem-certificate"},
    {"ec parameters", "application/x-pem-key"},
    {"public key", "application/x-pem-certificate"},
    {"pkcs7", "application/pkcs7-mime"},
    {"cms", "application/pkcs7-mime"},
    {"ssh2 public key", "application/x-ssh-public-key"},
};

constexpr Hint kInterpreters[] = {
    {"sh", "application/x-sh"},
    {"bash", "application/x-sh"},
    {"dash", "application/x-sh"},
    {"zsh", "application/x-sh"},
    {"ksh", "application/x-sh"},
    {"ash", "application/x-sh"},
    {"python", "text/x-python"},
    {"perl", "text/x-perl"},
    {"ruby", "text/x-ruby"},
    {"node", "text/javascript"},
    {"nodejs", "text/javascript"},
    {"deno", "text/javascript"},
    {"bun", "text/javascript"},
    {"php", "application/x-httpd-php"},
    {"pwsh", "application/x-powershell"},
    {"lua", "text/x-lua"},
    {"tclsh", "text/x-tcl"},
    {"wish", "text/x-tcl"},
};

constexpr std::array<std::string_view, 14> kMailFields = {
    "received:",     "return-path:", "from:",         "to:",
    "subject:",      "date:",        "message-id:",   "mime-version:",
    "delivered-to:", "reply-to:",    "content-type:", "dkim-signature:",
    "x-mailer:",     "cc:"};

const FileKind* kind(std::string_view type) { return find_file_kind(type); }

// Bytes that are characters. UTF-16 with a mark becomes what of it is ASCII. Nothing for what is no
// text; "" for a text of nothing.
bool as_text(std::string_view bytes, std::string& out) {
  const bool big = bytes.starts_with("\xfe\xff"sv);
  if (big || bytes.starts_with("\xff\xfe"sv)) {
    for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
      const char high = bytes[big ? i : i + 1];
      const char low = bytes[big ? i + 1 : i];
      if (high == 0 && low == 0) return false;
      out += high == 0 ? low : '?';
    }
    return true;
  }
  if (bytes.starts_with("\xef\xbb\xbf"sv)) bytes.remove_prefix(3);
  if (bytes.empty()) return false;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool text = byte >= 0x20 || (byte >= 0x07 && byte <= 0x0d) || byte == 0x1b;
    if (!text || byte == 0x7f) return false;
  }
  const std::size_t bad = find_not_utf8(bytes);
  if (bad != bytes.npos && bytes.size() - bad > 3) {  // Else a character is cut.
    // Of an older character set; a few bytes look like one by chance.
    if (bytes.size() < 64) return false;
  }
  out = bytes;
  return true;
}

const FileKind* of_shebang(std::string_view text) {
  std::string_view line = trim(text.substr(2, text.find_first_of("\r\n") - 2));
  const auto take_word = [&] {
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    line = trim(line.substr(word.size()));
    return word.substr(word.rfind('/') == word.npos ? 0 : word.rfind('/') + 1);
  };
  std::string_view program = take_word();
  while (program == "env" || program.starts_with('-') || program.find('=') != program.npos) {
    if (line.empty()) break;
    program = take_word();
  }
  while (!program.empty() && (is_digit(program.back()) || program.back() == '.'))
    program.remove_suffix(1);
  for (const Hint& hint : kInterpreters) {
    if (program == hint.words) return kind(hint.type);
  }
  return kind("text/x-script");
}

const FileKind* of_armour(std::string_view text, bool& encrypted) {
  const std::size_t at = text.substr(0, 1024).find("-----BEGIN ");
  const bool ssh2 = text.starts_with("---- BEGIN SSH2 PUBLIC KEY");
  if (ssh2) return kind("application/x-ssh-public-key");
  if (at == text.npos || (at > 0 && text[at - 1] != '\n')) return nullptr;
  const std::string_view rest = text.substr(at + 11);
  const std::size_t end = rest.find("-----");
  if (end == rest.npos || end > 64) return nullptr;
  const std::string label = lower(rest.substr(0, end));
  for (const Hint& hint : kArmours) {
    if (label != hint.words) continue;
    encrypted = hint.encrypted || rest.find("Proc-Type: 4,ENCRYPTED") != rest.npos;
    return kind(hint.type);
  }
  return nullptr;
}

std::vector<std::string_view> lines_of(std::string_view text, std::size_t most) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < most) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// RFC 5322: fields that mails have, two of them at least, and nothing else before a blank line.
bool is_mail(const std::vector<std::string_view>& lines) {
  std::size_t known = 0;
  for (const std::string_view line : lines) {
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') continue;
    const std::size_t colon = line.find(':');
    if (colon == line.npos || line.substr(0, colon).find(' ') != line.npos) return false;
    for (const std::string_view field : kMailFields) known += istarts_with(line, field) ? 1 : 0;
  }
  return known >= 2;
}

bool is_table(const std::vector<std::string_view>& lines, std::size_t bytes) {
  // The last line may be cut.
  const std::size_t whole = bytes >= kSniffBytes ? lines.size() - 1 : lines.size();
  if (whole < 3) return false;
  for (const char separator : {',', ';', '\t'}) {
    const auto count = [&](std::string_view line) {
      bool quoted = false;
      std::size_t found = 0;
      for (const char c : line) {
        if (c == '"') quoted = !quoted;
        found += c == separator && !quoted ? 1 : 0;
      }
      return found;
    };
    const std::size_t columns = count(lines[0]);
    std::size_t same = 0;
    while (same < whole && count(lines[same]) == columns) ++same;
    if (columns > 0 && same == whole) return true;
  }
  return false;
}

bool is_json(std::string_view text, bool cut) {
  static const JsonSelection nothing;
  JsonSelector selector(nothing);
  selector.feed(text);
  if (selector.complete()) return true;  // Lines of JSON, too.
  return selector.fault() == JsonFault::broken_off && cut;
}

const FileKind* of_xml(std::string_view small) {
  const auto has = [&](std::string_view word) { return small.find(word) != small.npos; };
  if (has("<hta:application")) return kind("application/hta");
  if (has("<svg")) return kind("image/svg+xml");
  if (has("<plist")) return kind("application/x-apple-plist");
  if (has("<!doctype html") || has("<html")) return kind("text/html");
  return kind("application/xml");
}

}  // namespace

const FileKind* sniff_text(std::string_view first_bytes, bool& encrypted) {
  const std::string_view bytes = first_bytes.substr(0, kSniffBytes);
  std::string held;
  if (!as_text(bytes, held)) return nullptr;
  std::string_view text = held;
  if (text.starts_with("#!")) return of_shebang(text);
  if (const FileKind* const armour = of_armour(text, encrypted)) return armour;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  std::string small = lower(text);
  std::erase(small, '\r');

  if (small.starts_with("<?xml")) return of_xml(small);
  if (small.find("<hta:application") != small.npos) return kind("application/hta");
  for (const Hint& hint : kBeginnings) {
    if (!small.starts_with(hint.words)) continue;
    encrypted = hint.encrypted;
    return kind(hint.type);
  }
  if ((text.starts_with('{') || text.starts_with('[')) &&
      is_json(text, bytes.size() >= kSniffBytes)) {
    return kind("application/json");
  }
  const std::vector<std::string_view> lines = lines_of(text, 64);
  if (lines.size() > 1 && lines[0].starts_with("From ") &&
      is_mail({lines.begin() + 1, lines.end()})) {
    return kind("application/mbox");
  }
  if (is_mail(lines)) return kind("message/rfc822");
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (lines[i].starts_with("--- ") && lines[i + 1].starts_with("+++ "))
      return kind("text/x-diff");
  }
  for (const std::string_view line : lines) {
    for (const Hint& hint : kLines) {
      if (line.starts_with(hint.words)) return kind(hint.type);
    }
    const bool imports = line.starts_with("import ") || line.starts_with("from ");
    const bool javascript = line.find(" from '") != line.npos || line.find(" from \"") != line.npos;
    if (imports && javascript) return kind("text/javascript");
    if (line.starts_with("def ") && line.ends_with(':')) return kind("text/x-python");
    if (line.starts_with("from ") && line.find(" import ") != line.npos)
      return kind("text/x-python");
    if (line.find("= require('") != line.npos || line.find("= require(\"") != line.npos) {
      return kind("text/javascript");
    }
  }
  if (small.starts_with('<') &&
      (small.find("</html>") != small.npos || small.find("<html") != small.npos)) {
    return kind("text/html");
  }
  if (is_table(lines, bytes.size())) return kind("text/csv");
  return kind("text/plain");
}

}  // namespace sallyport::discovery
