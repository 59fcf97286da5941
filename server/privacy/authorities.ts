import type { z } from 'zod';
import type { Authority } from '#contract/privacy-rights.ts';

type Entry = z.infer<typeof Authority>;

/** The members of the European Data Protection Board, with the addresses that each publishes. */
const EDPB = 'https://www.edpb.europa.eu/about-edpb/about-edpb/members_en';

/** EU and EEA, where the GDPR gives everyone the right to complain (article 77). */
const EUROPE: Record<string, [name: string, url: string]> = {
  AT: ['Österreichische Datenschutzbehörde', 'https://dsb.gv.at'],
  BE: [
    'Gegevensbeschermingsautoriteit / Autorité de protection des données',
    'https://www.dataprotectionauthority.be',
  ],
  BG: ['Commission for Personal Data Protection (Комисия за защита на личните данни)', 'https://cpdp.bg'],
  HR: ['Agencija za zaštitu osobnih podataka', 'https://azop.hr'],
  CY: ['Commissioner for Personal Data Protection', 'https://www.dataprotection.gov.cy'],
  CZ: ['Úřad pro ochranu osobních údajů', 'https://uoou.gov.cz'],
  DK: ['Datatilsynet', 'https://www.datatilsynet.dk'],
  EE: ['Andmekaitse Inspektsioon', 'https://www.aki.ee'],
  FI: ['Tietosuojavaltuutetun toimisto', 'https://tietosuoja.fi'],
  FR: ['Commission nationale de l’informatique et des libertés (CNIL)', 'https://www.cnil.fr'],
  DE: [
    'Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit, or that of your Land',
    'https://www.bfdi.bund.de',
  ],
  GR: ['Hellenic Data Protection Authority (Αρχή Προστασίας Δεδομένων)', 'https://www.dpa.gr'],
  HU: ['Nemzeti Adatvédelmi és Információszabadság Hatóság', 'https://www.naih.hu'],
  IE: ['Data Protection Commission', 'https://www.dataprotection.ie'],
  IT: ['Garante per la protezione dei dati personali', 'https://www.garanteprivacy.it'],
  LV: ['Datu valsts inspekcija', 'https://www.dvi.gov.lv'],
  LT: ['Valstybinė duomenų apsaugos inspekcija', 'https://vdai.lrv.lt'],
  LU: ['Commission nationale pour la protection des données', 'https://cnpd.public.lu'],
  MT: ['Information and Data Protection Commissioner', 'https://idpc.org.mt'],
  NL: ['Autoriteit Persoonsgegevens', 'https://www.autoriteitpersoonsgegevens.nl'],
  PL: ['Urząd Ochrony Danych Osobowych', 'https://uodo.gov.pl'],
  PT: ['Comissão Nacional de Proteção de Dados', 'https://www.cnpd.pt'],
  RO: [
    'Autoritatea Naţională de Supraveghere a Prelucrării Datelor cu Caracter Personal',
    'https://www.dataprotection.ro',
  ],
  SK: ['Úrad na ochranu osobných údajov', 'https://dataprotection.gov.sk'],
  SI: ['Informacijski pooblaščenec', 'https://www.ip-rs.si'],
  ES: ['Agencia Española de Protección de Datos', 'https://www.aepd.es'],
  SE: ['Integritetsskyddsmyndigheten', 'https://www.imy.se'],
  IS: ['Persónuvernd', 'https://www.personuvernd.is'],
  LI: ['Datenschutzstelle', 'https://www.datenschutzstelle.li'],
  NO: ['Datatilsynet', 'https://www.datatilsynet.no'],
};

/** Elsewhere: the authority, where to find it, and the law that makes it the one to ask. */
const ELSEWHERE: Record<string, [name: string, url: string, law: string]> = {
  GB: [
    'Information Commissioner (ICO)',
    'https://ico.org.uk',
    'UK GDPR, article 77, and Data Protection Act 2018',
  ],
  CH: [
    'Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter (EDÖB / FDPIC)',
    'https://www.edoeb.admin.ch',
    'Federal Act on Data Protection, article 49',
  ],
  KE: [
    'Office of the Data Protection Commissioner',
    'https://www.odpc.go.ke',
    'Data Protection Act 2019, section 56',
  ],
  NG: [
    'Nigeria Data Protection Commission',
    'https://ndpc.gov.ng',
    'Nigeria Data Protection Act 2023, section 46',
  ],
  ZA: [
    'Information Regulator',
    'https://inforegulator.org.za',
    'Protection of Personal Information Act, section 74',
  ],
  GH: ['Data Protection Commission', 'https://www.dataprotection.org.gh', 'Data Protection Act 2012'],
  UG: ['Personal Data Protection Office', 'https://pdpo.go.ug', 'Data Protection and Privacy Act 2019'],
  RW: [
    'National Cyber Security Authority, Data Protection and Privacy Office',
    'https://dpo.gov.rw',
    'Law 058/2021',
  ],
  TZ: ['Personal Data Protection Commission', 'https://www.pdpc.go.tz', 'Personal Data Protection Act 2022'],
  CA: [
    'Office of the Privacy Commissioner of Canada, or that of your province',
    'https://www.priv.gc.ca',
    'PIPEDA, section 11',
  ],
  BR: [
    'Agência Nacional de Proteção de Dados (ANPD)',
    'https://www.gov.br/anpd',
    'LGPD (Law 13.709/2018), article 18',
  ],
  JP: [
    'Personal Information Protection Commission',
    'https://www.ppc.go.jp',
    'Act on the Protection of Personal Information',
  ],
  KR: [
    'Personal Information Protection Commission',
    'https://www.pipc.go.kr',
    'Personal Information Protection Act',
  ],
  SG: ['Personal Data Protection Commission', 'https://www.pdpc.gov.sg', 'Personal Data Protection Act 2012'],
  MY: ['Jabatan Perlindungan Data Peribadi', 'https://www.pdp.gov.my', 'Personal Data Protection Act 2010'],
  TH: [
    'Personal Data Protection Committee',
    'https://www.pdpc.or.th',
    'Personal Data Protection Act B.E. 2562',
  ],
  PH: ['National Privacy Commission', 'https://privacy.gov.ph', 'Data Privacy Act of 2012'],
  HK: [
    'Office of the Privacy Commissioner for Personal Data',
    'https://www.pcpd.org.hk',
    'Personal Data (Privacy) Ordinance',
  ],
  AU: [
    'Office of the Australian Information Commissioner',
    'https://www.oaic.gov.au',
    'Privacy Act 1988, section 36',
  ],
  NZ: ['Office of the Privacy Commissioner', 'https://www.privacy.org.nz', 'Privacy Act 2020'],
};

/** No office for the whole country: the states that have a general privacy act, and the FTC for all. */
const STATES: Record<string, [name: string, url: string, law: string]> = {
  California: [
    'California Privacy Protection Agency',
    'https://cppa.ca.gov',
    'California Consumer Privacy Act',
  ],
  Colorado: ['Colorado Attorney General', 'https://coag.gov', 'Colorado Privacy Act'],
  Connecticut: ['Connecticut Attorney General', 'https://portal.ct.gov/ag', 'Connecticut Data Privacy Act'],
  Oregon: ['Oregon Department of Justice', 'https://www.doj.state.or.us', 'Oregon Consumer Privacy Act'],
  Texas: [
    'Texas Attorney General',
    'https://www.texasattorneygeneral.gov',
    'Texas Data Privacy and Security Act',
  ],
  Utah: ['Utah Division of Consumer Protection', 'https://dcp.utah.gov', 'Utah Consumer Privacy Act'],
  Virginia: [
    'Virginia Attorney General',
    'https://www.oag.state.va.us',
    'Virginia Consumer Data Protection Act',
  ],
};

/** Countries where we know of no authority that takes such complaints, and why; said as it is. */
const NONE: Record<string, [why: string, source: string]> = {
  BD: [
    'The Personal Data Protection Ordinance 2025 foresees an authority. We know of none that takes complaints yet.',
    'https://www.dpp.gov.bd',
  ],
  MM: [
    'Myanmar has no general data-protection act and no authority for it. The Electronic Transactions Law, sections 27-A to 27-C, names no office that takes complaints from people.',
    'https://www.lexmundi.com/guides/data-privacy-guide/jurisdictions/asia-pacific/myanmar',
  ],
  IN: [
    'The Digital Personal Data Protection Act 2023 foresees the Data Protection Board of India. It hears complaints after you have written to us; that part of the act is not in force before May 2027.',
    'https://www.meity.gov.in',
  ],
};

const found = (country: string, region: string | null, name: string, url: string, source: string): Entry => ({
  country,
  region,
  name,
  url,
  why: null,
  source,
});

/**
 * Whom a person may complain to about us, by country (clause 9.7). A country that is not here is one that we have no
 * entry for: the page says so, and that a complaint to us is open to everyone.
 */
export const authorities: readonly Entry[] = [
  ...Object.entries(EUROPE).map(([country, [name, url]]) => found(country, null, name, url, EDPB)),
  ...Object.entries(ELSEWHERE).map(([country, [name, url, law]]) => found(country, null, name, url, law)),
  found('US', null, 'Federal Trade Commission', 'https://reportfraud.ftc.gov', 'FTC Act, section 5'),
  ...Object.entries(STATES).map(([state, [name, url, law]]) => found('US', state, name, url, law)),
  ...Object.entries(NONE).map(([country, [why, source]]) => ({
    country,
    region: null,
    name: null,
    url: null,
    why,
    source,
  })),
];
