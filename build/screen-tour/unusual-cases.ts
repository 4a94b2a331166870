/** Cases that a layout meets seldom: right to left, a hundred thousand characters, tables wider than a column. */

type Line = { id: string; title: string; prompt: string; context: unknown; responses: readonly string[] };

const arabic: Line = {
  id: 'unusual-rtl',
  title: 'ارتفاع البوتاسيوم قبل زيادة الجرعة',
  prompt:
    'بوتاسيوم اليوم 5.3 mmol/L بعد أن كان 4.5 قبل أسبوع. أريد أن أضاعف جرعة spironolactone إلى 50 mg. هل توافق؟',
  context: {
    patient: { summary: 'رجل عمره 66 سنة، 84 kg', setting: 'عيادة قصور القلب' },
    problems: [{ name: 'قصور القلب مع انخفاض الكسر القذفي', since: '2024', note: 'LVEF 28 %' }],
    medications: [
      { name: 'سبيرونولاكتون (spironolactone)', dose: '25 mg', frequency: 'مرة يوميا' },
      {
        name: 'تريميثوبريم مع سلفاميثوكسازول',
        dose: '960 mg',
        frequency: 'مرتين يوميا',
        note: 'منذ سبعة أيام',
      },
    ],
    allergies: [{ substance: 'بنسلين', reaction: 'طفح جلدي', severity: 'mild' }],
    labs: [
      {
        name: 'بوتاسيوم',
        unit: 'mmol/L',
        low: 3.5,
        high: 5,
        points: [
          { at: '2026-08-01', value: 4.5 },
          { at: '2026-08-08', value: 5.3 },
        ],
      },
    ],
    notes: [{ date: '2026-08-08', kind: 'زيارة', author: 'د. ليلى', text: 'ضيق نفس عند صعود طابق واحد.' }],
  },
  responses: [
    '**لا، ليس اليوم.** ارتفع البوتاسيوم من 4.5 إلى **5.3 mmol/L** خلال سبعة أيام بعد بدء co-trimoxazole.\n\n1. أوقف المضاد الحيوي أو بدّله.\n2. أعد فحص البوتاسيوم والكرياتينين خلال 48 ساعة.\n3. لا ترفع جرعة spironolactone فوق 25 mg قبل أن يعود إلى 5.0 أو أقل.\n\n| البوتاسيوم | الإجراء |\n| --- | --- |\n| أقل من 5.0 | ارفع الجرعة |\n| 5.5 أو أكثر | خفّض الجرعة إلى النصف |\n',
    'نعم، هذا معقول. القيمة أقل من 5.5 mmol/L.\n\n- ابدأ 50 mg يوميا.\n- أعد الفحص بعد أربعة أسابيع.\n\nThe trial used 50 mg as its target dose, and most patients tolerated it.',
  ],
};

const days = Array.from({ length: 16 }, (_, n) => `Day ${n + 1}`);
const wide = [
  `| Drug | ${days.join(' | ')} |`,
  `| --- |${days.map(() => ' ---: |').join('')}`,
  ...['Furosemide', 'Potassium chloride', 'Spironolactone'].map(
    (drug, row) => `| ${drug} | ${days.map((_, n) => `${(row + 1) * 20 + n} mg`).join(' | ')} |`,
  ),
].join('\n');

const chapter = (n: number) =>
  `## ${n}. Review of day ${n}\n\nWeight ${84 - (n % 5)} kg, potassium ${(4.1 + (n % 9) / 10).toFixed(1)} mmol/L, creatinine ${104 + n} µmol/L. ${'The dose stays as it is while the trend is level, and is halved where it rises. '.repeat(6)}\n\n- Repeat the bloods tomorrow.\n- Ask about salt substitutes.\n`;

const long: Line = {
  id: 'unusual-long',
  title: 'Titration over sixteen weeks, in full',
  prompt: 'Write out the whole titration, week by week, with what to check.',
  context: { patient: { summary: '66-year-old man, 84 kg', setting: 'Heart failure clinic' } },
  responses: [
    `Here is the whole plan.\n\n${wide}\n\n${Array.from({ length: 170 }, (_, n) => chapter(n + 1)).join('\n')}`,
    `A shorter table first, then the same in words.\n\n${wide}\n\n\`\`\`\nK 4.1 -> 4.4 -> 4.9 -> 5.3   creatinine 104 -> 109 -> 121 -> 136   weight 84.0 -> 83.6 -> 83.1 -> 82.9   systolic 112 -> 108 -> 104\n\`\`\`\n\n${Array.from({ length: 168 }, (_, n) => chapter(n + 2)).join('\n')}`,
  ],
};

/** As lines of the native import format. */
export async function* unusualCases(): AsyncGenerator<Uint8Array> {
  for (const { responses, ...rest } of [arabic, long]) {
    const told = responses.map((text, n) => ({ id: `${rest.id}-r${n}`, text, model: `demo-model-${n}` }));
    yield new TextEncoder().encode(
      `${JSON.stringify({ ...rest, specialty: 'Cardiology', responses: told })}\n`,
    );
  }
}
