#include "discovery/files/sniff.h"

#include <gtest/gtest.h>

#include "discovery/files/magic.h"

namespace sallyport::discovery {
namespace {

using namespace std::string_literals;

// "image/png", with " encrypted", " corrupted", " macros" behind it.
std::string sniffed(std::string_view bytes) {
  const Sniffed seen = sniff(bytes);
  return std::string(seen.kind->type) + (seen.encrypted ? " encrypted" : "") +
         (seen.corrupted ? " corrupted" : "") + (seen.macros ? " macros" : "");
}

// At `at` stands `bytes`, before it zeros.
std::string at(std::size_t at, const std::string& bytes) { return std::string(at, '\0') + bytes; }

TEST(Sniff, TellsImages) {
  EXPECT_EQ(sniffed("\x89PNG\r\n\x1a\n"s + "\0\0\0\rIHDR"s), "image/png");
  EXPECT_EQ(sniffed("\xff\xd8\xff\xe0"), "image/jpeg");
  EXPECT_EQ(sniffed("GIF89a\1\0"s), "image/gif");
  EXPECT_EQ(sniffed("BM\x36\0\0\0\0\0\0\0\x36\0\0\0"s), "image/bmp");
  EXPECT_EQ(sniffed("II*\0\x08\0\0\0"s), "image/tiff");
  EXPECT_EQ(sniffed("MM\0*\0\0\0\x08"s), "image/tiff");
  EXPECT_EQ(sniffed("RIFF\x24\0\0\0WEBPVP8 "s), "image/webp");
  EXPECT_EQ(sniffed("\0\0\x01\0\x01\0\x10\x10\0\0\x01\0"s), "image/x-icon");
  EXPECT_EQ(sniffed("\0\0\0\x18"
                    "ftypheic\0\0\0\0mif1heic"s),
            "image/heic");
  EXPECT_EQ(sniffed("\0\0\0\x1c"
                    "ftypavif\0\0\0\0"s),
            "image/avif");
  EXPECT_EQ(sniffed("<svg xmlns=\"http://www.w3.org/2000/svg\">"), "image/svg+xml");
  EXPECT_EQ(sniffed("<?xml version=\"1.0\"?>\n<!-- x -->\n<svg>"), "image/svg+xml");
  EXPECT_EQ(sniffed(at(128, "DICM")), "application/dicom");
}

TEST(Sniff, TellsSoundAndFilms) {
  EXPECT_EQ(sniffed("ID3\x04\0\0\0\0\0\0TIT2\0"s), "audio/mpeg");
  EXPECT_EQ(sniffed("\xff\xfb\x90\x64\0\0"s), "audio/mpeg");
  EXPECT_EQ(sniffed("RIFF\x24\0\0\0WAVEfmt "s), "audio/wav");
  EXPECT_EQ(sniffed("OggS\0\x02"s), "audio/ogg");
  EXPECT_EQ(sniffed("\0\0\0\x20"
                    "ftypisom\0\0\x02\0"s),
            "video/mp4");
  EXPECT_EQ(sniffed("\0\0\0\x20"
                    "ftypM4A \0\0\0\0"s),
            "audio/mp4");
  EXPECT_EQ(sniffed("\0\0\0\x14"
                    "ftypqt  \0\0\0\0"s),
            "video/quicktime");
  EXPECT_EQ(sniffed("RIFF\x24\0\0\0AVI LIST"s), "video/x-msvideo");
  EXPECT_EQ(sniffed("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"s), "video/webm");
  EXPECT_EQ(sniffed("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"s), "video/x-matroska");
}

TEST(Sniff, TellsArchivesAndDisks) {
  EXPECT_EQ(sniffed("\x1f\x8b\x08\0"s), "application/gzip");
  EXPECT_EQ(sniffed("BZh91AY&SY\x01\x02"), "application/x-bzip2");
  EXPECT_EQ(sniffed("BZh is no archive\n"), "text/plain");
  EXPECT_EQ(sniffed("\xfd"
                    "7zXZ\0"s),
            "application/x-xz");
  EXPECT_EQ(sniffed("\x28\xb5\x2f\xfd\x04"), "application/zstd");
  EXPECT_EQ(sniffed("7z\xbc\xaf\x27\x1c\0\x04"s), "application/x-7z-compressed");
  EXPECT_EQ(sniffed("MSCF\0\0\0\0"s), "application/vnd.ms-cab-compressed");
  EXPECT_EQ(sniffed("!<arch>\ndebian-binary   "), "application/vnd.debian.binary-package");
  EXPECT_EQ(sniffed("!<arch>\n/               "), "application/x-archive");
  EXPECT_EQ(sniffed(at(257,
                       "ustar\0"
                       "00"s)),
            "application/x-tar");
  EXPECT_EQ(sniffed("vhdxfile\0"s), "application/x-vhdx");
  EXPECT_EQ(sniffed("QFI\xfb\0\0\0\x03"s), "application/x-qcow2");
}

TEST(Sniff, TellsATarThatIsOlderThanPosixByItsChecksum) {
  std::string tar(1024, '\0');
  tar.replace(0, 5, "a.txt");
  tar.replace(100, 7, "0000644");
  unsigned sum = 8 * ' ';
  for (const char c : tar) sum += static_cast<unsigned char>(c);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  tar.replace(148, 6, digits);
  tar[155] = ' ';
  EXPECT_EQ(sniffed(tar), "application/x-tar");
  tar[0] = 'b';
  EXPECT_EQ(sniffed(tar), "application/octet-stream");
}

TEST(Sniff, TellsRarsThatAreLocked) {
  const std::string four = "Rar!\x1a\x07\0"s;
  const auto main4 = [&](char flags) {
    return four + "\xcf\x90\x73"s + flags + "\0\x0d\0\0\0\0\0\0\0"s;
  };
  const auto file4 = [](char flags) {
    return "\1\2\x74"s + flags + "\x80\x20\0"s + std::string(32, '\1');
  };
  EXPECT_EQ(sniffed(main4(0) + file4(0)), "application/vnd.rar");
  EXPECT_EQ(sniffed(main4(0) + file4(4)), "application/vnd.rar encrypted");
  EXPECT_EQ(sniffed(main4('\x80')), "application/vnd.rar encrypted");
  const std::string five = "Rar!\x1a\x07\x01\0"s;
  const std::string main5 = "\1\2\3\4\x03\x01\0\0"s;
  EXPECT_EQ(sniffed(five + "\1\2\3\4\x21\x04\0"s + std::string(40, '\1')),
            "application/vnd.rar encrypted");
  // A file's header with a record of kind 1 in its extra area, and one with kind 2.
  const auto file5 = [](char kind) {
    return "\1\2\3\4\x0a\x02\x01\x04"s + std::string(3, '\1') + "\x02"s + kind + "\0\0"s;
  };
  EXPECT_EQ(sniffed(five + main5 + file5(1)), "application/vnd.rar encrypted");
  EXPECT_EQ(sniffed(five + main5 + file5(2)), "application/vnd.rar");
}

TEST(Sniff, TellsProgramsOfAllSystems) {
  std::string windows(0x40, '\0');
  windows[0] = 'M', windows[1] = 'Z', windows[0x3c] = '\x40';
  EXPECT_EQ(sniffed(windows + "PE\0\0\x64\x86"s), "application/vnd.microsoft.portable-executable");
  windows[0x3c] = '\0', windows[0x3d] = '\x20';  // Its head lies behind the bytes at hand.
  EXPECT_EQ(sniffed(windows + "x"), "application/vnd.microsoft.portable-executable");
  windows[0x3d] = '\0';
  EXPECT_EQ(sniffed(windows), "application/x-dosexec");
  EXPECT_EQ(sniffed("\x7f"
                    "ELF\x02\x01\x01"s),
            "application/x-elf");
  EXPECT_EQ(sniffed("\xcf\xfa\xed\xfe\x07\0\0\x01"s), "application/x-mach-binary");
  EXPECT_EQ(sniffed("\xca\xfe\xba\xbe\0\0\0\x02"s), "application/x-mach-binary");
  EXPECT_EQ(sniffed("\xca\xfe\xba\xbe\0\0\0\x41"s), "application/java-vm");
  EXPECT_EQ(sniffed("\0asm\x01\0\0\0"s), "application/wasm");
  EXPECT_EQ(sniffed("dex\n035\0"s), "application/vnd.android.dex");
  EXPECT_EQ(sniffed("L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"s),
            "application/x-ms-shortcut");
  EXPECT_EQ(sniffed("Cr24\x03\0\0\0"s), "application/x-chrome-extension");
}

TEST(Sniff, TellsScriptsAndSources) {
  EXPECT_EQ(sniffed("#!/bin/sh\n"), "application/x-sh");
  EXPECT_EQ(sniffed("#! /usr/bin/env -S python3.11 -u\n"), "text/x-python");
  EXPECT_EQ(sniffed("#!/usr/bin/env A=b node\n"), "text/javascript");
  EXPECT_EQ(sniffed("#!/opt/unheard-of\n"), "text/x-script");
  EXPECT_EQ(sniffed("#!"), "text/x-script");
  EXPECT_EQ(sniffed("\n<?php echo 1;"), "application/x-httpd-php");
  EXPECT_EQ(sniffed("@ECHO OFF\r\n"), "application/x-bat");
  EXPECT_EQ(sniffed("\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0i\0s\0t\0r\0y\0 \0"
                    "E\0d\0i\0t\0o\0r\0"s),
            "application/x-ms-registry");
  EXPECT_EQ(sniffed("<html><head><HTA:APPLICATION id=x></head>"), "application/hta");
  EXPECT_EQ(sniffed("/* x */\n#include <stdio.h>\n"), "text/x-c");
  EXPECT_EQ(sniffed("import os\n\ndef main():\n"), "text/x-python");
  EXPECT_EQ(sniffed("import x from './x.js'\n"), "text/javascript");
  EXPECT_EQ(sniffed("package main\n\nimport \"fmt\"\n"), "text/x-go");
  EXPECT_EQ(sniffed("diff --git a/x b/x\n"), "text/x-diff");
}

TEST(Sniff, TellsKeysAndWhetherTheyAreLocked) {
  EXPECT_EQ(sniffed("-----BEGIN PRIVATE KEY-----\nMIIE"), "application/x-pem-key");
  EXPECT_EQ(sniffed("Bag Attributes\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"),
            "application/x-pem-key encrypted");
  EXPECT_EQ(sniffed("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "application/x-pem-key encrypted");
  EXPECT_EQ(sniffed("-----BEGIN OPENSSH PRIVATE KEY-----\n"), "application/x-openssh-key");
  EXPECT_EQ(sniffed("-----BEGIN CERTIFICATE-----\n"), "application/x-pem-certificate");
  EXPECT_EQ(sniffed("-----BEGIN CERTIFICATE REQUEST-----\n"), "application/pkcs10");
  EXPECT_EQ(sniffed("ssh-ed25519 AAAAC3Nza ana@host\n"), "application/x-ssh-public-key");
  EXPECT_EQ(sniffed("PuTTY-User-Key-File-3: ssh-rsa\r\n"), "application/x-putty-key");
  EXPECT_EQ(sniffed("# created: 2026\nAGE-SECRET-KEY-1QQQ\n"), "application/x-age-key");
  EXPECT_EQ(sniffed("\x30\x82\x0a\x3c\x02\x01\x03\x30\x82\x0a\x02\x06\x09\x2a\x86\x48\x86"s),
            "application/pkcs12 encrypted");
  EXPECT_EQ(sniffed("\x30\x82\x03\x4f\x30\x82\x02\x37\xa0\x03\x02\x01\x02\x02\x14\x01"s),
            "application/pkix-cert");
  EXPECT_EQ(sniffed("\xfe\xed\xfe\xed\0\0\0\x02"s), "application/x-java-keystore");
  EXPECT_EQ(sniffed("\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"), "application/x-keepass encrypted");
}

TEST(Sniff, TellsWhatIsEncryptedAsAWhole) {
  EXPECT_EQ(sniffed("-----BEGIN PGP MESSAGE-----\n\nhQ"), "application/pgp-encrypted encrypted");
  EXPECT_EQ(sniffed("\x85\x01\x0c\x03\1\2\3\4\5\6\7\x08\x01\x07\xff\xff\xff"),
            "application/pgp-encrypted encrypted");
  EXPECT_EQ(sniffed("\x8c\x0d\x04\x09\x03\x02\1\2\3\4\5\6\7\x08\xff\xd2"),
            "application/pgp-encrypted encrypted");
  EXPECT_EQ(sniffed("\x99\x01\x0d\x04\x60\1\2\3\x01\x08\0\xff\xff\xff\xff\xff"s),
            "application/pgp-keys");
  EXPECT_EQ(sniffed("Salted__\1\2\3\4\5\6\7\x08"), "application/x-openssl-encrypted encrypted");
  EXPECT_EQ(sniffed("age-encryption.org/v1\n-> X25519"), "application/x-age-encrypted encrypted");
  EXPECT_EQ(sniffed("$ANSIBLE_VAULT;1.1;AES256\n"), "application/x-ansible-vault encrypted");
  EXPECT_EQ(sniffed("LUKS\xba\xbe\0\x02"s), "application/x-luks encrypted");
  EXPECT_EQ(sniffed("\xeb\x58\x90-FVE-FS-"), "application/x-bitlocker encrypted");
}

TEST(Sniff, TellsDocumentsMailsAndDatabases) {
  EXPECT_EQ(sniffed("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "application/pdf");
  EXPECT_EQ(sniffed("junk\n%PDF-1.4\n"), "application/pdf");
  EXPECT_EQ(sniffed("{\\rtf1\\ansi"), "application/rtf");
  EXPECT_EQ(sniffed("SQLite format 3\0\x10\0"s), "application/vnd.sqlite3");
  EXPECT_EQ(sniffed("\0\x01\0\0Standard ACE DB\0"s), "application/x-msaccess");
  EXPECT_EQ(sniffed("PAR1\x15\0"s), "application/vnd.apache.parquet");
  EXPECT_EQ(sniffed("PAR1 is a magic\n"), "text/plain");
  EXPECT_EQ(sniffed("-- MySQL dump 10.13\n"), "application/sql");
  EXPECT_EQ(
      sniffed("Received: from x by y\r\n\tfor z\r\nFrom: a@b.example\r\nTo: c@d.example\r\n\r\nHi"),
      "message/rfc822");
  EXPECT_EQ(sniffed("From a@b Thu Jan  1 00:00:00 2026\nFrom: a@b\nSubject: x\n\n"),
            "application/mbox");
  EXPECT_EQ(sniffed("From: me\nI say: hello\n"), "text/plain");
  EXPECT_EQ(sniffed("!BDN\1\2\3\4"), "application/vnd.ms-outlook-pst");
  EXPECT_EQ(sniffed("BEGIN:VCARD\r\n"), "text/vcard");
}

TEST(Sniff, TellsTexts) {
  EXPECT_EQ(sniffed("hello\n"), "text/plain");
  EXPECT_EQ(sniffed("\xef\xbb\xbf"
                    "grüße"),
            "text/plain");
  EXPECT_EQ(sniffed("\xfe\xff\0h\0i"s), "text/plain");
  EXPECT_EQ(sniffed("<!DOCTYPE html>\n"), "text/html");
  EXPECT_EQ(sniffed("<?xml version='1.0'?><a/>"), "application/xml");
  EXPECT_EQ(sniffed("{\"a\": [1, 2]}\n"), "application/json");
  EXPECT_EQ(sniffed("{\"a\": 1}\n{\"a\": 2}\n"), "application/json");
  EXPECT_EQ(sniffed("{ no json }"), "text/plain");
  EXPECT_EQ(sniffed("{\"a\": \"" + std::string(5000, 'x')), "application/json");
  EXPECT_EQ(sniffed("a,b\n1,2\n3,\"4,5\"\n"), "text/csv");
  EXPECT_EQ(sniffed("a,b\n1,2\n3\n"), "text/plain");
  // An old character set; and a character that the end cuts.
  EXPECT_EQ(sniffed("Gr\xfc\xdf"
                    "e aus K\xf6ln" +
                    std::string(60, ' ')),
            "text/plain");
  EXPECT_EQ(sniffed("gr\xc3\xbc\xc3"), "text/plain");
}

TEST(Sniff, DoesNotKnowWhatShowsNothing) {
  EXPECT_EQ(sniffed(""), "application/octet-stream");
  EXPECT_EQ(sniffed(std::string(100, '\0')), "application/octet-stream");
  EXPECT_EQ(sniffed("a\0b"s), "application/octet-stream");
  EXPECT_EQ(sniffed("\xf1\xf2\xf3\xf4"), "application/octet-stream");
}

TEST(Sniff, TellsKindsOfTheTableOnly) {
  EXPECT_GT(magics().size(), 120u);
  for (const Magic& magic : magics()) {
    EXPECT_NE(find_file_kind(magic.type), nullptr) << magic.type;
    EXPECT_LT(magic.at + magic.bytes.size(), kSniffBytes);
    // No row hides behind another that always fits before it.
    for (const Magic* before = magics().data(); before != &magic; ++before) {
      EXPECT_FALSE(before->at == magic.at && magic.bytes.starts_with(before->bytes)) << magic.type;
    }
  }
}

TEST(Sniff, ReadsNothingBehindWhatItIsGiven) {
  // Each byte string that begins some kind, cut at each of its bytes.
  for (const std::string& whole :
       {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s + std::string(600, '\0'),
        "PK\x03\x04"s + std::string(60, '\x01'), "Rar!\x1a\x07\x01\0\1\2\3\4\x0a\x02\x01\x04"s,
        "\x30\x82\x0a\x3c\x02\x01\x03\x30"s, "MZ"s + std::string(70, '\x01'),
        "\0\0\0\x20"
        "ftypisom"s}) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const std::string part = whole.substr(0, size);
      EXPECT_NE(sniff(part).kind, nullptr);
    }
  }
}

}  // namespace
}  // namespace sallyport::discovery
