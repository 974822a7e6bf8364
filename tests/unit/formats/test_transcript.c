/* Cues and lines. Texts are our own; what each must give follows from the WebVTT standard (parsing, section
 * 6) and from transcript.h. */
#include "base/buffer.h"
#include "transcript_support.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(TRANSCRIPT_ARENA_MAX);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(transcript, .init = setup, .fini = teardown);

#define EXPECT(format, text, told) cr_assert_str_eq(transcript_told(format, SLICE(text), NULL), told)
#define VTT(text, told)            EXPECT(TRANSCRIPT_VTT, text, told)
#define SRT(text, told)            EXPECT(TRANSCRIPT_SRT, text, told)
#define PLAIN(text, told)          EXPECT(TRANSCRIPT_PLAIN, text, told)

/* ---- WebVTT ---- */

Test(transcript, voices_of_webvtt_are_speakers_and_consecutive_cues_of_one_are_one_turn)
{
    VTT("WEBVTT\n\n"
        "00:01.000 --> 00:02.500\n<v Anja de Vries>Goedemiddag allemaal,</v>\n\n"
        "tweede\n00:02.500 --> 00:04.000 align:start position:10%\n<v Anja de Vries>welkom\nhier.\n\n"
        "00:00:05.000 --> 01:00:06.001\n<v.luid Piet>Dank u.\n",
        "Anja de Vries 1000-4000 @4: Goedemiddag allemaal, welkom hier.\n"
        "Piet 5000-3606001 @12: Dank u.\n");
}

Test(transcript, two_voices_in_one_cue_are_two_turns_and_what_is_outside_is_nobodys)
{
    VTT("WEBVTT\n\n"
        "00:01.000 --> 00:02.000\n<v Jan>Ja.</v> <v Piet>Nee.</v>\n\n"
        "00:02.000 --> 00:03.000\n[gelach]\nvan allen\n\n"
        "00:03.000 --> 00:04.000\n<v jan>Toch wel.\n",
        "Jan 1000-2000 @4: Ja.\nPiet 1000-2000 @4: Nee.\n- 2000-3000 @7: [gelach] van allen\n"
        "Jan 3000-4000 @11: Toch wel.\n");
}

Test(transcript, notes_styles_regions_and_header_lines_are_passed_by)
{
    VTT("\xEF\xBB\xBFWEBVTT - gesprek 3\nKind: captions\n\n"
        "NOTE een\nregel of twee\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:fred\n\n"
        "NOTE\n\n1\n00:01.000 --> 00:02.000\n<v Jan>NOTE dit wel\n\nNOTEER\n00:02.000 --> 00:03.000\nDag\n",
        "Jan 1000-2000 @17: NOTE dit wel\n- 2000-3000 @21: Dag\n");
}

Test(transcript, layout_goes_and_character_references_are_resolved)
{
    VTT("WEBVTT\n\n00:01.000 --> 00:02.000\n"
        "<v Ren&eacute;e><i.x>Caf&#xE9;</i> &amp; <b>thee</b>&nbsp;<00:01.500>AT&T &lt;5 &onzin; "
        "e&#x301;&#0;\n",
        "Ren\xC3\xA9"
        "e 1000-2000 @4: Caf\xC3\xA9 & thee\xC2\xA0"
        "AT&T <5 &onzin; \xC3\xA9&#0;\n");
}

Test(transcript, what_only_looks_like_a_tag_was_said)
{
    VTT("WEBVTT\n\n00:01.000 --> 00:02.000\n"
        "Ik ben <18 en mijn zus >16\n\n"
        "00:02.000 --> 00:03.000\n"
        "a <b en c> d <> e <br> f </x> <12:00> <class> g\n\n"
        "00:03.000 --> 00:04.000\n"
        "<c.yellow.bg_blue><u>h</u></c> <ruby>i<rt>j</rt></ruby> <lang en-GB>k</lang> <00:00:03.500>l </i "
        ">m\n",
        "- 1000-2000 @4: Ik ben <18 en mijn zus >16\n"
        "- 2000-3000 @7: a <b en c> d <> e <br> f </x> <12:00> <class> g\n"
        "- 3000-4000 @10: h ij k l m\n");
}

Test(transcript, a_line_of_a_cue_that_is_too_long_is_told)
{
    static const char head[] = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Jan>ja\n";
    const size_t size = sizeof head - 1 + TRANSCRIPT_TEXT_MAX + 2;
    char *file = malloc(size);
    memset(file, 'a', size);
    memcpy(file, head, sizeof head - 1);
    cr_assert_str_eq(transcript_told(TRANSCRIPT_VTT, (struct slice){file, size}, NULL), "fault 6 @5 \n");
    free(file);
}

Test(transcript, line_ends_of_any_kind_are_line_ends)
{
    VTT("WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\n<v Jan>a\r\nb\r\n\r\n00:02.000 --> 00:03.000\r\n<v Jan>c",
        "Jan 1000-3000 @4: a b c\n");
    VTT("WEBVTT\r\r00:01.000 --> 00:02.000\r<v Jan>a\rb\r", "Jan 1000-2000 @4: a b\n");
}

Test(transcript, all_faults_of_a_broken_webvtt_come_back_at_once)
{
    VTT("WEBVTT\n\n00:01.000 --> 00:02\nte kort\n\nlosse tekst\nzonder tijd\n\n00:05.000 --> "
        "00:04.000\nterug\n\n"
        "00:61.000 --> 00:62.000\nx\n\n00:07.000 --> 00:08.000\n<v Jan hallo\n\n1:00.000-->1:01.000\ngoed\n",
        "fault 13 @3 00:01.000 --> 00:02\nfault 12 @6 losse tekst\nfault 14 @9 00:05.000 --> 00:04.000\n"
        "fault 13 @12 00:61.000 --> 00:62.000\nfault 15 @16 <v Jan hallo\n");
    VTT("WEBVTTX\n\n00:01.000 --> 00:02.000\nx\n", "fault 11 @1 WEBVTTX\nfault 12 @1 WEBVTTX\n");
    VTT("", "fault 2 @0 \n");
    VTT("WEBVTT\n", "fault 2 @0 \n");
    VTT("WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "fault 2 @0 \n");
}

Test(transcript, faults_are_listed_up_to_a_hundred_and_counted_all)
{
    struct buffer file;
    buffer_init(&file, 1 << 16);
    buffer_append_cstr(&file, "WEBVTT\n\n");
    for (int i = 0; i < 150; i++) {
        buffer_append_cstr(&file, "los\n\n");
    }
    struct transcript t;
    cr_assert_not(transcript_read(&t, arena, TRANSCRIPT_VTT, buffer_slice(&file), NULL));
    cr_assert_eq(t.fault_count, 100);
    cr_assert_eq(t.fault_total, 150);
    cr_assert_eq(t.faults[99].line, 201);
    buffer_free(&file);
}

Test(transcript, names_before_a_colon_speak_in_cues_when_numbered_or_seen_twice)
{
    VTT("WEBVTT\n\n00:01.000 --> 00:02.000\nJan Bos: Hoi.\n\n00:02.000 --> 00:03.000\nIk dacht: nee.\n\n"
        "00:03.000 --> 00:04.000\nSpreker 2: Wat?\n\n00:04.000 --> 00:05.000\nJAN BOS: Niets.\nSpreker 2: "
        "O.\n",
        "Jan Bos 1000-3000 @4: Hoi. Ik dacht: nee.\nSpreker 2 3000-4000 @10: Wat?\n"
        "Jan Bos 4000-5000 @13: Niets.\nSpreker 2 4000-5000 @14: O.\n");
}

Test(transcript, where_cues_began_stays_known)
{
    struct transcript t;
    const struct slice file = SLICE("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Jan>\xC3\xA9\xC3\xA9n\n\n"
                                    "00:00.500 --> 00:03.000\n<v Jan>twee\n");
    cr_assert(transcript_read(&t, arena, TRANSCRIPT_VTT, file, NULL));
    cr_assert_eq(t.turn_count, 1);
    cr_assert_eq(t.turns[0].length, 8);
    cr_assert_eq(t.turns[0].mark_count, 2);
    cr_assert_eq(t.turns[0].marks[1].at, 4);
    cr_assert_eq(t.turns[0].marks[1].start_ms, 500);
    cr_assert_eq(t.turns[0].marks[1].line, 7);
    cr_assert_eq(t.backwards, 1);
    cr_assert_eq(t.speaker_count, 1);
    cr_assert_eq(t.speakers[0].turns, 1);
}

/* ---- SubRip ---- */

Test(transcript, subrip_has_commas_numbers_and_layout)
{
    SRT("1\n00:00:01,000 --> 00:00:02,5\n<i>Deelnemer 1: Ik</i> vind <b>dat</b> 3 < 4\n\n"
        "2\n0:00:03.000 --> 0:00:04.000  X1:10 X2:20\n{\\an8}<font color=\"#fff\">prima.</font>\n",
        "Deelnemer 1 1000-4000 @3: Ik vind dat 3 < 4 prima.\n");
    SRT("1\n00:00:01,000 --> 00:00:02,000\nNiemand\n\n2\n00:00:02,000 --> 00:00:03,000\nzegt dit.\n",
        "- 1000-2000 @3: Niemand\n- 2000-3000 @7: zegt dit.\n");
    SRT("1\n00:01,000 --> 00:02,000\nzonder uren\n", "fault 13 @2 00:01,000 --> 00:02,000\n");
}

/* ---- plain text ---- */

Test(transcript, lines_without_a_name_go_on_with_who_spoke)
{
    PLAIN("Gesprek 4, Assen\n\nInterviewer: Wat vindt u?\nEn waarom?\n\nMevr. van der Berg-Smit:\nLastig.\n"
          "Ik zeg altijd: doe gewoon.\n\nInterviewer: Ja.\ninterviewer: Ja ja.\n",
          "- ?-? @1: Gesprek 4, Assen\nInterviewer ?-? @3: Wat vindt u?/En waarom?\n"
          "Mevr. van der Berg-Smit ?-? @6: Lastig./Ik zeg altijd: doe gewoon.\n"
          "Interviewer ?-? @10: Ja./Ja ja.\n");
}

Test(transcript, who_is_named_and_says_nothing_ends_no_turn)
{
    PLAIN("Jan: een\nPiet:\nJan: twee\nPiet:\n\xE2\x80\x8B\n", "Jan ?-? @1: een/twee\n");
    PLAIN("Piet:\nJan:\ndrie\n", "Jan ?-? @2: drie\n");
}

Test(transcript, times_before_behind_and_above_are_taken_off)
{
    PLAIN("[00:01:23] Jan: hoi\n[00:01:30] en verder\nPiet (1:45): ja\nAn [0:01:50]: nee\n",
          "Jan 83000-? @1: hoi/en verder\nPiet 105000-? @3: ja\nAn 110000-? @4: nee\n");
    PLAIN("00:00:05 Spreker 1\nHallo.\n00:00:09 Spreker 2\nDag.\n00:00:12 Spreker 1\nTot\nziens.\n"
          "00:00:15 Spreker 2\nJa.\n",
          "Spreker 1 5000-? @1: Hallo.\nSpreker 2 9000-? @3: Dag.\nSpreker 1 12000-? @5: Tot/ziens.\n"
          "Spreker 2 15000-? @8: Ja.\n");
    PLAIN("Jan Jansen   0:05\nHallo.\nPiet   0:09\nDag.\nJan Jansen   0:12\nTot ziens.\nPiet   0:15\nJa.\n",
          "Jan Jansen 5000-? @1: Hallo.\nPiet 9000-? @3: Dag.\nJan Jansen 12000-? @5: Tot ziens.\n"
          "Piet 15000-? @7: Ja.\n");
}

Test(transcript, what_only_looks_like_a_name_is_text)
{
    PLAIN("Om 12:30 begon het.\nZie https://example.nl: daar.\n12:30: pauze\n\nIk zeg maar zo: nee\n",
          "- ?-? @1: Om 12:30 begon het./Zie https://example.nl: daar./12:30: pauze\n"
          "- ?-? @5: Ik zeg maar zo: nee\n");
}

Test(transcript, who_loads_it_says_what_is_no_speaker)
{
    const struct slice none[] = {SLICE_INIT("kortom")};
    const struct transcript_options options = {.no_speakers = none, .no_speaker_count = 1};
    const struct slice file = SLICE("Jan: Lang verhaal.\nKortom: nee.\n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, file, NULL),
                     "Jan ?-? @1: Lang verhaal.\nKortom ?-? @2: nee.\n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, file, &options),
                     "Jan ?-? @1: Lang verhaal./Kortom: nee.\n");
}

Test(transcript, the_time_in_front_of_what_is_no_speaker_is_still_a_time)
{
    const struct slice none[] = {SLICE_INIT("kortom")};
    const struct transcript_options options = {.no_speakers = none, .no_speaker_count = 1};
    cr_assert_str_eq(
        transcript_told(TRANSCRIPT_PLAIN, SLICE("[00:12] Kortom: nee.\n[00:15] Jan: ja.\n"), &options),
        "- 12000-? @1: Kortom: nee.\nJan 15000-? @2: ja.\n");
    PLAIN("(0:12) om het kort te zeggen: nee.\n[00:15] Jan: ja.\n",
          "- 12000-? @1: om het kort te zeggen: nee.\nJan 15000-? @2: ja.\n");
}

/* ---- encodings ---- */

static const struct transcript_options *in(const char *encoding)
{
    static struct transcript_options options;
    options = (struct transcript_options){.encoding = encoding};
    return &options;
}

Test(transcript, a_byte_order_mark_tells_the_encoding)
{
    const char *told = "Ren\xC3\xA9 ?-? @1: \xE2\x82\xAC 5\n";
    static const char little[] = "\xFF\xFER\0e\0n\0\xE9\0:\0 \0\xAC\x20 \0005\0";
    static const char big[] = "\xFE\xFF\0R\0e\0n\0\xE9\0:\0 \x20\xAC\0 \0005";
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, (struct slice){little, sizeof little - 1}, NULL),
                     told);
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, (struct slice){big, sizeof big - 1}, NULL), told);
    PLAIN("\xEF\xBB\xBFRen\xC3\xA9: \xE2\x82\xAC 5", "Ren\xC3\xA9 ?-? @1: \xE2\x82\xAC 5\n");
}

/* The encoding that is told, and what is then said. */
static const char *told_in(const char *encoding, struct slice file)
{
    struct transcript t;
    cr_assert(transcript_read(&t, arena, TRANSCRIPT_PLAIN, file, NULL));
    cr_assert_eq(t.encoded, TRANSCRIPT_BY_GUESS);
    cr_assert_str_eq(t.encoding, encoding);
    return transcript_tell(&t);
}

Test(transcript, dutch_that_is_no_utf8_is_of_western_europe)
{
#define LATER "Later meer, als iedereen de stukken van de vorige keer gelezen heeft."
    /* One text, as Python's codecs write it: cp1252, mac_roman, cp850. */
    const char *told = "Zo\xC3\xAB ?-? @1: Co\xC3\xB6peratie? Na\xC3\xAF"
                       "ef idee, h\xC3\xA8 Ren\xC3\xA9. " LATER "\n";
    cr_assert_str_eq(told_in("windows-1252", SLICE("Zo\xEB: Co\xF6peratie? Na\xEF"
                                                   "ef idee, h\xE8 Ren\xE9. " LATER)),
                     told);
    cr_assert_str_eq(told_in("macintosh", SLICE("Zo\x91: Co\x9Aperatie? Na\x95"
                                                "ef idee, h\x8F Ren\x8E. " LATER)),
                     told);
    cr_assert_str_eq(told_in("IBM850", SLICE("Zo\x89: Co\x94peratie? Na\x8B"
                                             "ef idee, h\x8A Ren\x82. " LATER)),
                     told);
}

Test(transcript, other_languages_are_told_by_uchardet)
{
    /* "Anna: Здравствуйте, меня зовут Анна и я живу в Амстердаме." in windows-1251, by Python's codec. */
    const char *told = told_in(
        "WINDOWS-1251",
        SLICE("Anna: \xC7\xE4\xF0\xE0\xE2\xF1\xF2\xE2\xF3\xE9\xF2\xE5, \xEC\xE5\xED\xFF \xE7\xEE\xE2\xF3\xF2 "
              "\xC0\xED\xED\xE0 \xE8 \xFF \xE6\xE8\xE2\xF3 \xE2 \xC0\xEC\xF1\xF2\xE5\xF0\xE4\xE0\xEC\xE5."));
    cr_assert_str_eq(told, "Anna ?-? @1: Здравствуйте, меня зовут Анна и я живу в Амстердаме.\n");
}

Test(transcript, who_loads_it_says_the_encoding)
{
    static const char file[] = "Jan: ge\x8Fnd\n"; /* e grave in Mac Roman */
    const struct slice s = {file, sizeof file - 1};
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, s, in("macintosh")), "Jan ?-? @1: ge\xC3\xA8nd\n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, s, in("UTF-8")), "fault 5 @1 UTF-8\n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, s, in("klingon-8")), "fault 4 @0 klingon-8\n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, SLICE("Jan: a\nPiet: \xFF\xFF\n"), in("Shift_JIS")),
                     "fault 5 @2 Shift_JIS\n");
}

Test(transcript, what_is_no_text_is_refused)
{
    static const char picture[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR";
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, (struct slice){picture, sizeof picture - 1}, NULL),
                     "fault 3 @0 \n");
}

Test(transcript, texts_are_in_nfc_and_clean)
{
    PLAIN("Rene\xCC\x81: cafe\xCC\x81\xE2\x80\x8B\x07s\n", "Ren\xC3\xA9 ?-? @1: caf\xC3\xA9s\n");
}

/* ---- limits ---- */

Test(transcript, fifty_megabytes_are_refused_unread)
{
    char *file = malloc(50 << 20);
    memset(file, 'a', 50 << 20);
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, (struct slice){file, 50 << 20}, NULL),
                     "fault 1 @0 \n");
    /* As large as a file may be, it is still more than a turn may be, and more text than there may be. */
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, (struct slice){file, TRANSCRIPT_FILE_MAX}, NULL),
                     "fault 6 @1 \n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, (struct slice){file, TRANSCRIPT_TURN_MAX + 1}, NULL),
                     "fault 7 @1 \n");
    free(file);
}

Test(transcript, hostile_markup_costs_no_more_than_its_length)
{
    const size_t size = TRANSCRIPT_TEXT_MAX / 4;
    char *file = malloc(size);
    memset(file, '<', size);
    static const char head[] = "WEBVTT\n\n00:01.000 --> 00:02.000\n";
    memcpy(file, head, sizeof head - 1);
    cr_assert_str_eq(transcript_told(TRANSCRIPT_VTT, (struct slice){file, size}, NULL), "fault 7 @4 \n");
    free(file);
}

Test(transcript, there_may_be_so_many_speakers_and_turns)
{
    struct buffer file;
    buffer_init(&file, TRANSCRIPT_TEXT_MAX);
    for (int i = 0; i <= TRANSCRIPT_SPEAKERS_MAX; i++) {
        buffer_printf(&file, "Deelnemer %d: ja\n", i);
    }
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, buffer_slice(&file), NULL),
                     "fault 9 @501 Deelnemer 500\n");
    /* Names past the limit that sort anywhere among those below it. */
    buffer_clear(&file);
    for (int i = 0; i < 10 * TRANSCRIPT_SPEAKERS_MAX; i++) {
        buffer_printf(&file, "Deelnemer %d: ja\n", i);
    }
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, buffer_slice(&file), NULL),
                     "fault 9 @501 Deelnemer 500\n");
    buffer_clear(&file);
    for (int i = 0; i <= TRANSCRIPT_TURNS_MAX; i++) {
        buffer_printf(&file, "%s: ja\n", i % 2 ? "Jan" : "Piet");
    }
    cr_assert_str_eq(transcript_told(TRANSCRIPT_PLAIN, buffer_slice(&file), NULL), "fault 8 @50001 \n");
    buffer_free(&file);
}

Test(transcript, the_format_shows_from_the_file)
{
    cr_assert_eq(transcript_format_guess(SLICE("\xEF\xBB\xBFWEBVTT\n"), SLICE("x.txt")), TRANSCRIPT_VTT);
    cr_assert_eq(transcript_format_guess(SLICE("1\n00:"), SLICE("gesprek.SRT")), TRANSCRIPT_SRT);
    cr_assert_eq(transcript_format_guess(SLICE("Jan: hoi"), SLICE("srt")), TRANSCRIPT_PLAIN);
    cr_assert_eq(transcript_format_guess(SLICE("PK\x03\x04...[Content_Types].xml"), SLICE("")),
                 TRANSCRIPT_DOCX);
    cr_assert_eq(transcript_format_guess(
                     SLICE("PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text"), SLICE("")),
                 TRANSCRIPT_ODT);
}
