// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Words that cannot name a network, as tables.
#include "emit/reserved_names.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <set>
#include <string>

namespace msf {
namespace {

// Keywords of C and C++, and alternative spellings.
constexpr std::string_view kKeywords =
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch "
    "char char16_t char32_t char8_t class co_await co_return co_yield compl "
    "concept const const_cast consteval constexpr constinit continue decltype "
    "default delete do double dynamic_cast else enum explicit export extern "
    "false float for friend goto if inline int long mutable namespace new "
    "noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof "
    "static static_assert static_cast struct switch template this thread_local "
    "throw true try typedef typeid typename typeof union unsigned using "
    "virtual volatile wchar_t while xor xor_eq";

// Types of the C library and of POSIX, besides those with a number of bits.
constexpr std::string_view kTypes =
    "DIR FILE atomic_bool atomic_flag atomic_int caddr_t clock_t clockid_t "
    "cnd_t dev_t div_t double_t fd_set fenv_t fexcept_t float_t fpos_t gid_t "
    "imaxdiv_t ino_t intmax_t intptr_t jmp_buf lconv ldiv_t lldiv_t locale_t "
    "max_align_t mbstate_t memory_order mode_t mtx_t off_t pid_t pthread_t "
    "ptrdiff_t sem_t sig_atomic_t sigjmp_buf sigset_t size_t ssize_t "
    "suseconds_t thrd_start_t thrd_t time_t timespec timeval tm tss_dtor_t "
    "tss_t uid_t uint uintmax_t uintptr_t ulong useconds_t ushort va_list "
    "wctrans_t wctype_t wint_t";

// Functions and variables of C, and those of POSIX and GNU that C++ compilers
// declare with them or that programs for Linux and newlib cannot do without.
constexpr std::string_view kFunctions =
    "abort abs access alarm aligned_alloc alloca asctime asctime_r asprintf "
    "assert at_quick_exit atexit atof atoi atol atoll "
    "atomic_compare_exchange_strong atomic_compare_exchange_strong_explicit "
    "atomic_compare_exchange_weak atomic_compare_exchange_weak_explicit "
    "atomic_exchange atomic_exchange_explicit atomic_fetch_add "
    "atomic_fetch_add_explicit atomic_fetch_and atomic_fetch_and_explicit "
    "atomic_fetch_or atomic_fetch_or_explicit atomic_fetch_sub "
    "atomic_fetch_sub_explicit atomic_fetch_xor atomic_fetch_xor_explicit "
    "atomic_flag_clear atomic_flag_clear_explicit atomic_flag_test_and_set "
    "atomic_flag_test_and_set_explicit atomic_init atomic_is_lock_free "
    "atomic_load atomic_load_explicit atomic_signal_fence atomic_store "
    "atomic_store_explicit atomic_thread_fence basename bcmp bcopy brk bsearch "
    "btowc bzero c16rtomb c32rtomb call_once calloc chdir chmod chown clearerr "
    "clock close cnd_broadcast cnd_destroy cnd_init cnd_signal cnd_timedwait "
    "cnd_wait creat ctime ctime_r daemon daylight difftime div dprintf drand48 "
    "dup environ errno execl execv execve exit exp10 fclose fcntl fdopen "
    "feclearexcept fegetenv fegetexceptflag fegetround feholdexcept feof "
    "feraiseexcept ferror fesetenv fesetexceptflag fesetround fetestexcept "
    "feupdateenv fflush ffs fgetc fgetpos fgets fgetwc fgetws fileno fopen "
    "fork fpclassify fprintf fputc fputs fputwc fputws fread free freopen "
    "fscanf fseek fsetpos fstat fsync ftell ftruncate fwide fwprintf fwrite "
    "fwscanf gamma getc getchar getcwd getdelim getentropy getenv getline "
    "getopt getpid gets getwc getwchar gmtime gmtime_r imaxabs imaxdiv index "
    "ioctl isalnum isalpha isatty isblank iscntrl isdigit isfinite isgraph "
    "isgreater isgreaterequal isinf isless islessequal islessgreater islower "
    "isnan isnormal isprint ispunct isspace isunordered isupper iswalnum "
    "iswalpha iswblank iswcntrl iswctype iswdigit iswgraph iswlower iswprint "
    "iswpunct iswspace iswupper iswxdigit isxdigit itoa j0 j1 jn kill "
    "kill_dependency labs ldiv link llabs lldiv localeconv localtime "
    "localtime_r longjmp lseek lstat malloc math_errhandling mblen mbrlen "
    "mbrtoc16 mbrtoc32 mbrtowc mbsinit mbsrtowcs mbstowcs mbtowc memccpy "
    "memchr memcmp memcpy memmove mempcpy memset mkdir mkstemp mktemp mktime "
    "mmap mtx_destroy mtx_init mtx_lock mtx_timedlock mtx_trylock mtx_unlock "
    "nanosleep nice offsetof open optarg optind pause pclose perror pipe poll "
    "popen pow10 printf putc putchar putenv puts putwc putwchar qsort qsort_r "
    "quick_exit raise rand rand_r random read readlink realloc realpath remove "
    "rename rewind rindex rmdir sbrk scanf select setbuf setenv setjmp "
    "setlocale setvbuf sigaction signal signbit sincos sleep snprintf sprintf "
    "srand srandom sscanf stat stderr stdin stdout stpcpy strcasecmp strcat "
    "strchr strcmp strcoll strcpy strcspn strdup strerror strftime strlcat "
    "strlcpy strlen strncasecmp strncat strncmp strncpy strndup strnlen "
    "strpbrk strrchr strsep strsignal strspn strstr strtod strtof strtoimax "
    "strtok strtok_r strtol strtold strtoll strtoul strtoull strtoumax strxfrm "
    "swab swprintf swscanf symlink sync syscall sysconf system tempnam "
    "thrd_create thrd_current thrd_detach thrd_equal thrd_exit thrd_join "
    "thrd_sleep thrd_yield time timespec_get timezone tmpfile tmpnam tolower "
    "toupper towctrans towlower towupper truncate tss_create tss_delete "
    "tss_get tss_set tzname tzset umask ungetc ungetwc unlink unsetenv usleep "
    "utime utoa va_arg va_copy va_end va_start vasprintf vdprintf vfork "
    "vfprintf vfscanf vfwprintf vfwscanf vprintf vscanf vsnprintf "
    "vsprintf vsscanf vswprintf vswscanf vwprintf vwscanf wait waitpid wcrtomb "
    "wcscat wcschr wcscmp wcscoll wcscpy wcscspn wcsftime wcslen wcsncat "
    "wcsncmp wcsncpy wcspbrk wcsrchr wcsrtombs wcsspn wcsstr wcstod wcstof "
    "wcstoimax wcstok wcstol wcstold wcstoll wcstombs wcstoul wcstoull "
    "wcstoumax wcsxfrm wctob wctomb wctrans wctype wmemchr wmemcmp wmemcpy "
    "wmemmove wmemset wprintf write wscanf y0 y1 yn";

// Those that exist for float and long double too, with an f and an l.
constexpr std::string_view kMathFunctions =
    "acos acosh asin asinh atan atan2 atanh cabs cacos cacosh carg casin "
    "casinh catan catanh cbrt ccos ccosh ceil cexp cimag clog conj copysign "
    "cos cosh cpow cproj creal csin csinh csqrt ctan ctanh erf erfc exp exp2 "
    "expm1 fabs fdim floor fma fmax fmin fmod frexp hypot ilogb ldexp lgamma "
    "llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint "
    "nextafter nexttoward pow remainder remquo rint round scalbln scalbn sin "
    "sinh sqrt tan tanh tgamma trunc";

// Macros, besides families that IsMacro knows.
constexpr std::string_view kMacros =
    "BIG_ENDIAN BUFSIZ BYTE_ORDER CHAR_BIT CLOCKS_PER_SEC CMPLX CMPLXF CMPLXL "
    "DECIMAL_DIG DOMAIN E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EADV "
    "EAFNOSUPPORT EAGAIN EALREADY EBADE EBADF EBADFD EBADMSG EBADR EBADRQC "
    "EBADSLT EBFONT EBUSY ECANCELED ECHILD ECHRNG ECOMM ECONNABORTED "
    "ECONNREFUSED ECONNRESET EDEADLK EDEADLOCK EDESTADDRREQ EDOM EDOTDOT "
    "EDQUOT EEXIST EFAULT EFBIG EHOSTDOWN EHOSTUNREACH EHWPOISON EIDRM EILSEQ "
    "EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR EISNAM EKEYEXPIRED "
    "EKEYREJECTED EKEYREVOKED EL2HLT EL2NSYNC EL3HLT EL3RST ELIBACC ELIBBAD "
    "ELIBEXEC ELIBMAX ELIBSCN ELNRNG ELOOP EMEDIUMTYPE EMFILE EMLINK EMSGSIZE "
    "EMULTIHOP ENAMETOOLONG ENAVAIL ENETDOWN ENETRESET ENETUNREACH ENFILE "
    "ENOANO ENOBUFS ENOCSI ENODATA ENODEV ENOENT ENOEXEC ENOKEY ENOLCK ENOLINK "
    "ENOMEDIUM ENOMEM ENOMSG ENONET ENOPKG ENOPROTOOPT ENOSPC ENOSR ENOSTR "
    "ENOSYS ENOTBLK ENOTCONN ENOTDIR ENOTEMPTY ENOTNAM ENOTRECOVERABLE "
    "ENOTSOCK ENOTSUP ENOTTY ENOTUNIQ ENXIO EOF EOPNOTSUPP EOVERFLOW "
    "EOWNERDEAD EPERM EPFNOSUPPORT EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE "
    "ERANGE EREMCHG EREMOTE EREMOTEIO ERESTART ERFKILL EROFS ESHUTDOWN "
    "ESOCKTNOSUPPORT ESPIPE ESRCH ESRMNT ESTALE ESTRPIPE ETIME ETIMEDOUT "
    "ETOOMANYREFS ETXTBSY EUCLEAN EUNATCH EUSERS EWOULDBLOCK EXDEV EXFULL "
    "EXIT_FAILURE EXIT_SUCCESS FALSE HUGE I INFINITY LITTLE_ENDIAN L_tmpnam "
    "MATH_ERREXCEPT MATH_ERRNO M_E M_PI NAN NDEBUG NULL ONCE_FLAG_INIT "
    "OVERFLOW PLOSS SEEK_CUR SEEK_END SEEK_SET SIGABRT SIGALRM SIGBUS SIGCHLD "
    "SIGCLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGIOT SIGKILL SIGPIPE "
    "SIGPOLL SIGPROF SIGPWR SIGQUIT SIGRTMAX SIGRTMIN SIGSEGV SIGSTKFLT "
    "SIGSTOP SIGSYS SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 "
    "SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ SIG_DFL SIG_ERR SIG_IGN SING "
    "TIME_UTC TLOSS TRUE TSS_DTOR_ITERATIONS UNDERFLOW WEOF";

// Files <name>.h of C, C++, POSIX, glibc and newlib: one of ours on the include
// path would stand before them.
constexpr std::string_view kHeaders =
    "aio aliases alloca ar argp argz assert byteswap complex cpio ctype cxxabi "
    "devctl dirent dlfcn elf endian envlock envz err errno error execinfo "
    "fastmath fcntl features fenv float fmtmsg fnmatch fpu_control fstab fts "
    "ftw gconv getopt glob grp gshadow iconv ieee754 ieeefp ifaddrs inttypes "
    "iso646 langinfo lastlog libgen libintl limits link locale malloc math "
    "mcheck memory mntent monetary mqueue ndbm netdb newlib nl_types nss "
    "obstack paths picolibc poll printf proc_service pthread pty pwd re_comp "
    "reent regdef regex regexp resolv sched search semaphore setjmp sgtty "
    "shadow signal spawn stab stdalign stdarg stdatomic stdbit stdbool "
    "stdckdint stddef stdint stdio stdio_ext stdlib stdnoreturn string strings "
    "syscall sysexits syslog tar termio termios tgmath thread_db threads time "
    "ttyent uchar ucontext ulimit unctrl unistd unwind utime utmp utmpx values "
    "varargs wait wchar wctype wordexp xlocale";

// What every program has, and what emitted files use.
constexpr std::string_view kOurs =
    "Differs Fill Input Pull kBlocks kNetwork kTensors loop main setup std";

using Words = std::set<std::string_view>;

Words WordsOf(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.insert(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool IsUpper(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) != 0;
  });
}

bool StartsWithAny(std::string_view name,
                   std::initializer_list<const char*> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](const char* start) { return name.starts_with(start); });
}

// INT8_MAX, UINT32_C, PRId64, DBL_EPSILON and their like, or one of the table.
bool IsMacro(std::string_view name) {
  static const Words macros = WordsOf(kMacros);
  if (macros.contains(name)) return true;
  if (StartsWithAny(name, {"PRI", "SCN"}) && name.size() > 3 &&
      std::string_view("diouxX").find(name[3]) != std::string_view::npos) {
    return true;
  }
  if (!IsUpper(name)) return false;
  for (const char* end : {"_MAX", "_MIN", "_C", "_WIDTH"}) {
    if (name.ends_with(end)) return true;
  }
  return StartsWithAny(name, {"ATOMIC_", "DBL_", "FE_", "FLT_", "FP_",
                              "HUGE_", "LC_", "LDBL_"});
}

// int8_t, uint_fast16_t, atomic_uint32_t, or one of the table.
bool IsType(std::string_view name) {
  static const Words types = WordsOf(kTypes);
  if (types.contains(name)) return true;
  if (name.starts_with("atomic_")) name.remove_prefix(7);
  if (name.starts_with("u")) name.remove_prefix(1);
  if (!name.starts_with("int") || !name.ends_with("_t")) return false;
  name = name.substr(3, name.size() - 5);
  for (const char* start : {"_fast", "_least"}) {
    if (name.starts_with(start)) {
      name.remove_prefix(std::string_view(start).size());
    }
  }
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

bool IsFunction(std::string_view name) {
  static const Words functions = WordsOf(kFunctions);
  static const Words math = WordsOf(kMathFunctions);
  if (functions.contains(name) || math.contains(name)) return true;
  const bool has_suffix = name.ends_with('f') || name.ends_with('l');
  return has_suffix && math.contains(name.substr(0, name.size() - 1));
}

// net_weights and net_selftest are files of a network `net`, which may stand in
// the same folder.
bool IsOfAnotherNetwork(const std::string& name) {
  return name.ends_with("_weights") || name.ends_with("_selftest");
}

}  // namespace

bool IsReserved(std::string_view name) {
  static const Words keywords = WordsOf(kKeywords);
  static const Words headers = WordsOf(kHeaders);
  static const Words ours = WordsOf(kOurs);
  std::string lower(name);  // some file systems ignore case
  for (char& c : lower) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return keywords.contains(name) || IsType(name) || IsFunction(name) ||
         IsMacro(name) || headers.contains(lower) || ours.contains(name) ||
         lower == "msf" || lower.starts_with("msf_") ||
         IsOfAnotherNetwork(lower) || lower == "linux" || lower == "unix" ||
         lower == "harness" || lower.starts_with("harness_") ||
         StartsWithAny(name, {"kInput", "kOutput", "kExternal"});
}

}  // namespace msf
